import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { expect, it } from 'vitest';
import { patchIdleTimer } from '#shared/kafka/timer-patch.ts';

it('patchIdleTimer ignores other versions of kafkajs and patches the supported one once', () => {
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;

  expect(patchIdleTimer('2.2.5')).toBe(false);
  expect(RequestQueue.prototype.scheduleCheckPendingRequests).toBe(original);

  expect(patchIdleTimer()).toBe(true);
  const patched = RequestQueue.prototype.scheduleCheckPendingRequests;
  expect(patched).not.toBe(original);

  expect(patchIdleTimer()).toBe(true);
  expect(RequestQueue.prototype.scheduleCheckPendingRequests).toBe(patched);
});
