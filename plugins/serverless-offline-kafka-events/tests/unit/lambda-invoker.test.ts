import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLambdaInvoker, type LambdaInvoker } from '../../src/offline/lambda-invoker.ts';

vi.setConfig({ testTimeout: 60_000 });

const EVENT = { eventSource: 'SelfManagedKafka', bootstrapServers: '', records: {} } as const;
const HANDLERS = `
import { threadId } from 'node:worker_threads';
export const identify = async () => threadId;
export const fail = async () => { throw new Error('failed'); };
export const sleep = () => new Promise(() => {});
export const exitLater = async () => { setTimeout(() => process.exit(3), 10); };
`;

let folder: string;
let invoker: LambdaInvoker;
const threads = new Set<Worker>();
let started = 0;

function onWorker(worker: Worker): void {
  threads.add(worker);
  started += 1;
  worker.once('exit', () => threads.delete(worker));
}

beforeEach(() => {
  started = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-invoker-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'handler.js'), HANDLERS);
  process.on('worker', onWorker);
});

afterEach(async () => {
  await invoker.close();
  process.off('worker', onWorker);
  rmSync(folder, { recursive: true, force: true });
});

function create(options: object): void {
  const functions = ['identify', 'fail', 'sleep', 'exitLater'];
  const service = {
    service: 'tested',
    provider: { runtime: 'nodejs22.x', region: 'eu-west-1' },
    getAllFunctions: () => functions,
    getFunction: (key: string) => ({ name: `tested-${key}`, handler: `handler.${key}` }),
  };
  const config = { servicePath: folder, serverlessPath: folder };
  invoker = createLambdaInvoker({
    serverless: Object.assign({ service }, { config, serviceDir: folder }),
    options: { terminateIdleLambdaTime: 60, ...options },
    // The start of a thread counts, and a loaded machine is slow.
    timeoutsMs: new Map(functions.map((key) => [key, key === 'sleep' ? 2_000 : 20_000])),
    onStuck: () => undefined,
  });
}

test('a thread is kept, also after its handler has failed', async () => {
  create({});
  await invoker.invoke('fail', EVENT);
  await invoker.invoke('fail', EVENT);
  const [first, second] = [await invoker.invoke('identify', EVENT), await invoker.invoke('identify', EVENT)];
  expect(first).toEqual(second);
  expect(threads.size).toBe(2);
});

test('with reloadHandler no thread outlives its batch', async () => {
  create({ reloadHandler: true });
  for (let batch = 0; batch < 5; batch += 1) {
    expect(await invoker.invoke('identify', EVENT)).toMatchObject({ kind: 'returned' });
  }
  await vi.waitFor(() => expect(threads.size).toBe(0), { timeout: 10_000 });
});

test('threads that are idle for long are ended', async () => {
  create({ terminateIdleLambdaTime: 1 });
  await Promise.all([1, 2, 3].map(() => invoker.invoke('identify', EVENT)));
  expect(started).toBe(3);
  await vi.waitFor(() => expect(threads.size).toBe(0), { timeout: 10_000 });
  expect(await invoker.invoke('identify', EVENT)).toMatchObject({ kind: 'returned' });
});

test('a timeout ends the thread, and no timer outlives an invocation', async () => {
  create({});
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await invoker.invoke('identify', EVENT);
  const before = timers();
  for (let batch = 0; batch < 20; batch += 1) await invoker.invoke('identify', EVENT);
  expect(timers()).toBeLessThanOrEqual(before);

  const result = await invoker.invoke('sleep', EVENT);

  expect(result).toMatchObject({ kind: 'failed', reason: 'timeout' });
  await vi.waitFor(() => expect(threads.size).toBe(1), { timeout: 10_000 });
});

test('a thread that ends while it is idle is replaced', async () => {
  create({});
  expect(await invoker.invoke('exitLater', EVENT)).toMatchObject({ kind: 'returned' });
  await vi.waitFor(() => expect(threads.size).toBe(0), { timeout: 10_000 });
  expect(await invoker.invoke('exitLater', EVENT)).toMatchObject({ kind: 'returned' });
});

test('after a reload new threads are used', async () => {
  create({});
  const first = await invoker.invoke('identify', EVENT);
  invoker.reload();
  expect(await invoker.invoke('identify', EVENT)).not.toEqual(first);
  await vi.waitFor(() => expect(threads.size).toBe(1), { timeout: 10_000 });
});

test('options may be texts, as environment variables are', async () => {
  create({ useInProcess: 'true' });
  expect(await invoker.invoke('identify', EVENT)).toMatchObject({ kind: 'returned' });
  expect(started).toBe(0);
  await invoker.close();

  create({ reloadHandler: 'true' });
  await invoker.invoke('identify', EVENT);
  await vi.waitFor(() => expect(threads.size).toBe(0), { timeout: 10_000 });
  expect(started).toBe(1);
});
