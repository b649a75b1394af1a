import { Readable } from 'node:stream';
import { reached } from '#shared/runtime/effects.ts';
import { LeaseLostError } from './mail-outcome.ts';

/** Decides right before the first byte whether the mail may be sent, and records when the last byte has left. */
export interface Gate {
  readonly mayStillSend: () => boolean;
  isHandedOver: boolean;
}

/** The mail's bytes, or LeaseLostError instead of the first byte. Read only after the server has accepted DATA. */
export class GatedBytes extends Readable {
  readonly #bytes: Buffer;
  readonly #gate: Gate;
  #isOpen = false;

  constructor(bytes: Buffer, gate: Gate) {
    super();
    this.#bytes = bytes;
    this.#gate = gate;
  }

  override _read(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#open().catch((error: Error) => this.destroy(error));
  }

  async #open(): Promise<void> {
    await reached('transmit mail', 'before');
    if (!this.#gate.mayStillSend()) throw new LeaseLostError();
    this.push(this.#bytes);
    await reached('transmit mail', 'after');
    this.#gate.isHandedOver = true;
    this.push(null);
  }
}
