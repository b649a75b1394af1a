import type { Delivery } from './delivery.ts';

/**
 * What a message asks of the delivery it names.
 * - `send`: nobody holds it; take it.
 * - `reopen`: an operator asked for one that failed.
 * - `confirm-again`: it was sent; only the confirmation is repeated.
 * - `bury-again`: it failed for good; only the dead letter is repeated.
 * - `leave`: somebody is at it, it is not due yet, or the message is out of date.
 */
export type Intake = 'send' | 'reopen' | 'confirm-again' | 'bury-again' | 'leave';

export function decideIntake(
  delivery: Pick<Delivery, 'status' | 'generation'>,
  isDue: boolean,
  messageGeneration: number,
): Intake {
  if (delivery.status === 'SENT') return 'confirm-again';
  if (delivery.status === 'PENDING') return isDue ? 'send' : 'leave';
  if (messageGeneration > delivery.generation) return 'reopen';
  return messageGeneration === delivery.generation ? 'bury-again' : 'leave';
}
