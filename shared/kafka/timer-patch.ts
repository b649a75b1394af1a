import kafkajsPackage from 'kafkajs/package.json' with { type: 'json' };
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const PATCHED_VERSION = '2.2.4';

/** Stored on the prototype: after a hot reload, another version of this file patches the same kafkajs. */
const PATCHED = Symbol.for('event-driven-registration.timer-patch');

/**
 * kafkajs 2.2.4 re-arms a 1 ms timer on every connection without end (`scheduleCheckPendingRequests` computes a negative delay
 * when nothing is throttled), about 5 % of a core each. The timer is needed only while requests wait or are throttled. Does
 * nothing for other versions of kafkajs.
 */
export function patchIdleTimer(version: string = kafkajsPackage.version): boolean {
  if (version !== PATCHED_VERSION) return false;
  if (PATCHED in RequestQueue.prototype) return true;
  Object.defineProperty(RequestQueue.prototype, PATCHED, { value: true });
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
  return true;
}
