import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GatedBytes } from '#shared/mail/gated-bytes.ts';
import { LeaseLostError } from '#shared/mail/mail-outcome.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const MEGABYTE = randomBytes(1_048_576);

function inPieces(bytes: Buffer, size = 10_000): Readable {
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );
}

describe('GatedBytes', () => {
  it('delivers all bytes in order to a slow reader', async () => {
    const gate = { mayStillSend: () => true, isHandedOver: false };
    const taken: Buffer[] = [];

    for await (const bytes of new GatedBytes(inPieces(MEGABYTE), gate)) {
      if (taken.length === 0) expect(gate.isHandedOver).toBe(false);
      taken.push(bytes);
      await nextTurn();
    }

    expect(Buffer.concat(taken).equals(MEGABYTE)).toBe(true);
    expect(gate.isHandedOver).toBe(true);
  });

  it("reads ahead no further than a stream's buffer", async () => {
    let read = 0;
    const source = new Readable({
      read() {
        read += 1;
        this.push(Buffer.alloc(10_000));
      },
    });
    const gated = new GatedBytes(source, undefined);

    gated.once('readable', () => undefined);
    await waitFor(() => source.isPaused(), { what: 'the source to be held up' });
    gated.destroy();

    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(100);
  });

  it('delivers nothing after the lease ends, and reads the source only on demand', async () => {
    let asked = 0;
    const source = inPieces(MEGABYTE);
    const gate = {
      mayStillSend: () => {
        asked += 1;
        return false;
      },
      isHandedOver: false,
    };
    const gated = new GatedBytes(source, gate);
    await nextTurn();
    expect(asked).toBe(0);

    await expect(buffer(gated)).rejects.toThrow(LeaseLostError);

    expect(gate.isHandedOver).toBe(false);
    expect(source.destroyed).toBe(true);
  });

  it('fails when the source closes before its end', async () => {
    const source = new Readable({ read() {} });
    const gate = { mayStillSend: () => true, isHandedOver: false };
    const reading = buffer(new GatedBytes(source, gate));
    source.push('some');
    await nextTurn();
    source.destroy();

    await expect(reading).rejects.toThrow('Premature close');
    expect(gate.isHandedOver).toBe(false);
  });

  it("fails with the source's error, before and during reading", async () => {
    const early = new GatedBytes(new Readable({ read() {} }).destroy(new Error('early')), undefined);
    await expect(buffer(early)).rejects.toThrow('early');

    const gate = { mayStillSend: () => true, isHandedOver: false };
    const late = async function* () {
      yield Buffer.from('some');
      throw new Error('late');
    };
    await expect(buffer(new GatedBytes(Readable.from(late()), gate))).rejects.toThrow('late');
    expect(gate.isHandedOver).toBe(false);
  });
});
