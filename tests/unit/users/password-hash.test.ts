import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '#shared/users/password-hash.ts';

process.env['PASSWORD_HASH_MEMORY_KIB'] = '8';
process.env['PASSWORD_HASH_PASSES'] = '1';
process.env['PASSWORD_HASH_CONCURRENCY'] = '2';
process.env['PASSWORD_HASH_QUEUE'] = '3';

async function outcomes(work: ReadonlyArray<Promise<unknown>>) {
  return (await Promise.allSettled(work)).map((end) => (end.status === 'fulfilled' ? 'done' : end.reason));
}

describe('concurrent password hashing', () => {
  it('queues up to the limit and rejects calls beyond it', async () => {
    const ends = await outcomes(Array.from({ length: 8 }, () => hashPassword('correct-horse-1')));

    const refused = ends.filter((end) => end !== 'done');
    expect(ends.slice(0, 5)).toEqual(Array(5).fill('done'));
    expect(refused).toHaveLength(3);
    for (const error of refused) expect(error).toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 1 });
  });

  it('shares the queue with password checks', async () => {
    const hash = await hashPassword('correct-horse-1');

    const ends = await outcomes([
      ...Array.from({ length: 5 }, () => verifyPassword(hash, 'correct-horse-1')),
      hashPassword('correct-horse-1'),
    ]);

    expect(ends.filter((end) => end === 'done')).toHaveLength(5);
    expect(ends[5]).toMatchObject({ code: 'OVERLOADED' });
  });

  it('frees the place of a failed call', async () => {
    const failed = await outcomes(Array.from({ length: 5 }, () => verifyPassword('not a hash', 'correct-horse-1')));

    expect(failed).not.toContain('done');
    expect(await outcomes(Array.from({ length: 5 }, () => hashPassword('correct-horse-1')))).toEqual(
      Array(5).fill('done'),
    );
  });

  it('accepts calls again once the queue has drained', async () => {
    expect(await verifyPassword(await hashPassword('correct-horse-1'), 'correct-horse-1')).toBe(true);
    expect(await verifyPassword(await hashPassword('correct-horse-1'), 'correct-horse-2')).toBe(false);
  });
});
