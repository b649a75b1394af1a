import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, isAlive, startTimeOf, tryLock, withLock } from '#tools/bootstrap/lock.mjs';
import { endStale, removePidFile, writePidFile } from '#tools/local/process/pid-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'));
  file = path.join(folder, 'some.lock');
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** No system assigns a pid this high. */
const deadPid = 2 ** 30;

/** Another process, which runs until the test ends. */
async function otherProcess(code = ''): Promise<ChildProcess & { readonly pid: number }> {
  const script = `${code}; process.stdout.write('started'); process.stdin.resume()`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('no process');
  return Object.assign(child, { pid: child.pid });
}

/** A process that holds the lock. */
function holder() {
  const module = JSON.stringify(path.resolve('tools/bootstrap/lock.mjs'));
  return otherProcess(`(await import(${module})).tryLock(${JSON.stringify(file)})`);
}

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
    await Promise.all([1, 2, 3].map(() => withLock(file, work)));
    expect(most).toBe(1);
  });

  it('releases the lock after a failure', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(holderOf(file)).toBe(0);
  });

  it('reports once which process it waits for, and goes on when that process dies', async () => {
    const other = await holder();
    const reported: number[] = [];

    const result = await withLock(file, () => 'done', {
      onWait: (pid) => {
        reported.push(pid);
        other.kill('SIGKILL');
      },
    });

    expect(result).toBe('done');
    expect(reported).toEqual([other.pid]);
  });

  it('leaves no file behind', async () => {
    writeFileSync(file, String(deadPid));
    await withLock(file, () => undefined);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('tryLock', () => {
  it('returns nothing while the lock is held', () => {
    const release = tryLock(file);
    expect(tryLock(file)).toBeUndefined();
    expect(holderOf(file)).toBe(process.pid);
    release?.();
    expect(tryLock(file)).toBeTypeOf('function');
  });

  it('respects a running process that took the lock', async () => {
    const other = await holder();
    expect(tryLock(file)).toBeUndefined();
    expect(holderOf(file)).toBe(other.pid);
  });

  it.each([
    ['a dead process', () => `${deadPid} 1`],
    ['a process whose pid was reused after a reboot', async () => `${(await otherProcess()).pid} 1`],
    ['our own pid in an earlier container', () => `${process.pid} 1`],
    ['our own pid and start time, although we did not take it', () => `${process.pid} ${startTimeOf(process.pid)}`],
    ['an unreadable entry', () => ''],
  ])('replaces the stale lock of %s', async (_what, content) => {
    writeFileSync(file, await content());
    expect(tryLock(file)).toBeTypeOf('function');
    expect(holderOf(file)).toBe(process.pid);
  });

  it('respects a running process where the lock names no start time', async () => {
    const { pid } = await otherProcess();
    writeFileSync(file, `${pid} `);
    expect(tryLock(file)).toBeUndefined();
  });

  it('does not remove the lock of another process on a late release', async () => {
    const release = tryLock(file);
    rmSync(file);
    const other = await holder();
    release?.();
    expect(existsSync(file)).toBe(true);
    expect(holderOf(file)).toBe(other.pid);
  });
});

describe('isAlive', () => {
  it('is false once a process has ended', async () => {
    const other = await otherProcess();
    expect(isAlive(other.pid)).toBe(true);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(isAlive(other.pid)).toBe(false);
  });
});

describe('endStale', () => {
  it('ends the process that a pid file names, and removes the file', async () => {
    const other = await otherProcess();
    writePidFile(file, other.pid);

    expect(await endStale(file)).toBe(true);

    expect(isAlive(other.pid)).toBe(false);
    expect(existsSync(file)).toBe(false);
  });

  it('spares a process that reuses the pid', async () => {
    const other = await otherProcess();
    writeFileSync(file, `${other.pid} 1`);

    expect(await endStale(file)).toBe(false);

    expect(isAlive(other.pid)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a dead process', () => writePidFile(file, deadPid)],
    ['no file', () => undefined],
  ])('does nothing for %s', async (_what, prepare) => {
    prepare();
    expect(await endStale(file)).toBe(false);
  });
});

describe('removePidFile', () => {
  it('leaves the file of another process', () => {
    writePidFile(file, process.pid);
    removePidFile(file, deadPid);
    expect(holderOf(file)).toBe(process.pid);
    removePidFile(file, process.pid);
    expect(existsSync(file)).toBe(false);
  });
});
