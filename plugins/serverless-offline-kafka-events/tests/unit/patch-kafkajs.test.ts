import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import { PATCHED_VERSION, patchKafkajs } from '../../src/kafkajs/kafkajs-patches.ts';

const require = createRequire(import.meta.url);

interface Queue {
  pending: unknown[];
  inflight: Map<number, object>;
  throttleCheckTimeoutId: unknown;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  scheduleRequestTimeoutCheck(): void;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

function aQueue(options: object = {}): Queue {
  const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue;
  const logger = { debug() {} };
  return new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    enforceRequestTimeout: true,
    clientId: 'c',
    broker: 'b',
    logger,
    ...options,
  });
}

test('the installed kafkajs is the version that the patches support', () => {
  expect((require('kafkajs/package.json') as { version: string }).version).toBe(PATCHED_VERSION);
  expect(() => patchKafkajs()).not.toThrow();
});

test('a connection with nothing to send sets no timer', () => {
  patchKafkajs();
  patchKafkajs();
  const queue = aQueue();
  queue.scheduleCheckPendingRequests();
  queue.checkPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
});

test('a pending request is still sent', () => {
  vi.useFakeTimers();
  patchKafkajs();
  const queue = aQueue();
  const sent = vi.fn();
  queue.pending.push({ send: sent, expectResponse: true });
  queue.scheduleCheckPendingRequests();
  vi.runAllTimers();
  expect(sent).toHaveBeenCalledOnce();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  vi.useRealTimers();
});

test.each([
  { requestTimeout: 15_000, everyMs: 1_000 },
  { requestTimeout: 3_000, everyMs: 300 },
  { requestTimeout: 500, everyMs: 100 },
  { requestTimeout: 50, everyMs: 50 },
])('a request over $requestTimeout ms times out within $everyMs ms', ({ requestTimeout, everyMs }) => {
  vi.useFakeTimers();
  patchKafkajs();
  const queue = aQueue({ requestTimeout });
  const overdue = { sentAt: Date.now(), requestTimeout, timeoutRequest: vi.fn(() => queue.inflight.delete(1)) };
  const longer = { sentAt: Date.now(), requestTimeout: requestTimeout * 2, timeoutRequest: vi.fn() };
  queue.inflight.set(1, overdue);
  queue.inflight.set(2, longer);
  queue.scheduleRequestTimeoutCheck();

  vi.advanceTimersByTime(requestTimeout);
  expect(overdue.timeoutRequest).not.toHaveBeenCalled();
  vi.advanceTimersByTime(everyMs);

  expect(overdue.timeoutRequest).toHaveBeenCalledOnce();
  expect(longer.timeoutRequest).not.toHaveBeenCalled();
  clearInterval(queue.requestTimeoutIntervalId);
  vi.useRealTimers();
});

test('a closed connection, or one without request timeouts, checks nothing', () => {
  vi.useFakeTimers();
  patchKafkajs();
  aQueue({ enforceRequestTimeout: false }).scheduleRequestTimeoutCheck();
  expect(vi.getTimerCount()).toBe(0);
  aQueue({ isConnected: () => false }).scheduleRequestTimeoutCheck();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
