import { finished, Readable } from 'node:stream';
import { reached } from '#shared/runtime/effects.ts';
import { LeaseLostError } from './mail-outcome.ts';

/** Decides right before the first byte whether the mail may be sent, and records when the last byte has left. */
export interface Gate {
  readonly mayStillSend: () => boolean;
  isHandedOver: boolean;
}

/**
 * The mail's bytes, or LeaseLostError instead of the first byte. Read only after the server has accepted DATA. A plain stream:
 * one from an async generator costs a tenth of a whole send.
 */
export class GatedBytes extends Readable {
  readonly #bytes: Readable;
  readonly #gate: Gate | undefined;
  #isOpen = false;

  constructor(bytes: Readable, gate: Gate | undefined) {
    super();
    this.#bytes = bytes;
    this.#gate = gate;
    // Also reports a source that closes before its end.
    finished(bytes, { writable: false }, (error) => {
      if (error) this.destroy(error);
    });
  }

  override _read(): void {
    if (this.#isOpen) this.#bytes.resume();
    else this.#open().catch((error: Error) => this.destroy(error));
  }

  async #open(): Promise<void> {
    this.#isOpen = true;
    await reached('transmit mail', 'before');
    if (this.#gate?.mayStillSend() === false) throw new LeaseLostError();
    this.#bytes.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) this.#bytes.pause();
    });
    this.#bytes.on('end', () => {
      this.#close().catch((error: Error) => this.destroy(error));
    });
  }

  async #close(): Promise<void> {
    await reached('transmit mail', 'after');
    if (this.#gate !== undefined) this.#gate.isHandedOver = true;
    this.push(null);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#bytes.destroy();
    done(error);
  }
}
