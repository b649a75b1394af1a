import type { Delivery } from './delivery.ts';

/**
 * What to do with the delivery that a message names.
 * - `send`: no worker holds it; claim it.
 * - `reopen`: an operator retried a failed delivery.
 * - `confirm-again`: it was sent; publish the confirmation again.
 * - `bury-again`: it failed permanently; publish the dead letter again.
 * - `leave`: another worker holds it, it is not due, or the message is outdated.
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
