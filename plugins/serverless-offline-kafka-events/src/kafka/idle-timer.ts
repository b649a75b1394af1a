/** The part of kafkajs' RequestQueue that the patch uses. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, InflightRequest>;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
}

interface InflightRequest {
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

const PATCHED = Symbol.for('serverless-offline-kafka-events.idle-timer');

/**
 * After its first response a connection of kafkajs 2.2.4 sets a 1 ms timer that sets itself again for ever: 5 % of a core.
 * Nothing that is not pending can be waiting for it. Another looks every 100 ms whether a request has timed out, so that an
 * idle mapping wakes its process 20 times a second; now it looks a tenth of the time limit apart, once a second at the most seldom.
 */
export function stopIdleTimer(require: NodeJS.Require): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue & { [PATCHED]?: true };
  };
  if (prototype[PATCHED]) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => endOverdueRequests(this), checkEveryMs(this.requestTimeout));
  };
  prototype[PATCHED] = true;
}

function endOverdueRequests(queue: RequestQueue): void {
  const now = Date.now();
  for (const request of queue.inflight.values())
    if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}

function checkEveryMs(requestTimeoutMs: number): number {
  return Math.min(1_000, Math.max(100, requestTimeoutMs / 10), requestTimeoutMs);
}
