import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, tryLock, withLock } from '#tools/bootstrap/lock.mjs';
import { isSameCommand } from '#tools/local/process/pid-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** No system gives out a pid this high. */
const deadPid = 2 ** 30;

describe('withLock', () => {
  it('runs one piece of work at a time', async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(path.join(folder, 'a'), work)));
    expect(most).toBe(1);
  });

  it('gives the lock back after a failure', async () => {
    const file = path.join(folder, 'b');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(holderOf(file)).toBe(0);
  });

  it('takes over the lock of a process that is gone', async () => {
    const file = path.join(folder, 'c');
    writeFileSync(file, String(deadPid));
    expect(await withLock(file, () => holderOf(file))).toBe(process.pid);
  });
});

describe('tryLock', () => {
  it('says who has it by refusing', () => {
    const file = path.join(folder, 'd');
    const release = tryLock(file);
    expect(tryLock(file)).toBeUndefined();
    expect(holderOf(file)).toBe(process.pid);
    release?.();
    expect(tryLock(file)).toBeTypeOf('function');
  });
});

describe('isSameCommand', () => {
  it.each([
    ['/usr/sbin/mariadbd --datadir=/a --port=1', 'mariadbd --datadir=/a --port=1', true],
    ['/usr/bin/redis-server --port 1 --dir /a', 'redis-server 127.0.0.1:1 vim --dir', false],
    ['/usr/bin/java -cp /a/b.jar kafka.Kafka', '/usr/bin/java -cp /a/b.jar kafka.Kafka', true],
    ['/usr/bin/java -cp /a/b.jar kafka.Kafka', '', false],
  ])('%s and %s: %s', (started, running, expected) => {
    expect(isSameCommand(started, running)).toBe(expected);
  });
});
