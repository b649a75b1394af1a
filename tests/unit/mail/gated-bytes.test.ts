import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GatedBytes } from '#shared/mail/gated-bytes.ts';
import { LeaseLostError } from '#shared/mail/mail-outcome.ts';

const MEGABYTE = randomBytes(1_048_576);

function gateThat(answer: boolean) {
  const gate = {
    asked: 0,
    isHandedOver: false,
    mayStillSend: () => {
      gate.asked += 1;
      return answer;
    },
  };
  return gate;
}

describe('GatedBytes', () => {
  it('delivers all bytes, and is handed over only after they have been read', async () => {
    const gate = gateThat(true);
    const gated = new GatedBytes(MEGABYTE, gate);
    expect(gate.isHandedOver).toBe(false);

    expect((await buffer(gated)).equals(MEGABYTE)).toBe(true);

    expect(gate).toMatchObject({ asked: 1, isHandedOver: true });
  });

  it('asks only when it is read', async () => {
    const gate = gateThat(true);
    const gated = new GatedBytes(MEGABYTE, gate);
    await nextTurn();
    expect(gate.asked).toBe(0);

    gated.resume();
    await nextTurn();

    expect(gate.asked).toBe(1);
  });

  it('delivers nothing after the lease ends', async () => {
    const gate = gateThat(false);

    await expect(buffer(new GatedBytes(MEGABYTE, gate))).rejects.toThrow(LeaseLostError);

    expect(gate).toMatchObject({ asked: 1, isHandedOver: false });
  });

  it('is not handed over if the connection closes before it is read', async () => {
    const gate = gateThat(true);
    const gated = new GatedBytes(MEGABYTE, gate);
    gated.destroy();
    gated.resume();
    await nextTurn();

    expect(gate).toMatchObject({ asked: 0, isHandedOver: false });
  });
});
