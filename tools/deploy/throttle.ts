import type { Deployment } from './osls.ts';

/** Small enough for the connection budget (docs/capacity.md): only this bounds the calls of functions without a reservation. */
export const UNRESERVED = { rate: 5, burst: 15 };

type Limits = Pick<Deployment, 'throttleRate' | 'throttleBurst' | 'reserveConcurrency'>;

/** The limits of the HTTP API. */
export function throttle({ throttleRate, throttleBurst, reserveConcurrency }: Limits) {
  const [rate, burst] = [Number(throttleRate), Number(throttleBurst)];
  const isReserved = reserveConcurrency === 'true';
  return {
    ThrottlingRateLimit: isReserved ? rate : Math.min(rate, UNRESERVED.rate),
    ThrottlingBurstLimit: isReserved ? burst : Math.min(burst, UNRESERVED.burst),
  };
}
