const REFUSED_FIRST_MS = 5000;
const REFUSED_LONGEST_MS = 15 * 60 * 1000;
const SERVER_DOWN_MS = 2000;

/** When a recipient that was refused for now is tried again, after its n-th refusal (n from 1): 5 s, doubling, at most 15 min. */
export const refusedDelayMs = (refusals: number): number =>
  Math.min(REFUSED_FIRST_MS * 2 ** Math.min(Math.max(refusals, 1) - 1, 20), REFUSED_LONGEST_MS);

/** When a delivery is tried again that a server in trouble left over; spread, so that not all come back at once. */
export const serverDownDelayMs = (random: number): number => SERVER_DOWN_MS * (0.75 + random / 2);

/** Whether a recipient has been refused for so long that its event fails. `refusedForMs` is the time since the first refusal. */
export const isRefusedTooLong = (refusedForMs: number, retryHours: number): boolean =>
  refusedForMs >= retryHours * 60 * 60 * 1000;
