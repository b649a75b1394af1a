/** The part of kafkajs' RequestQueue that the patch uses. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const PATCHED = Symbol.for('serverless-offline-kafka-events.idle-timer');

/**
 * After its first response a connection of kafkajs 2.2.4 sets a 1 ms timer that sets itself again for ever: 5 % of a core.
 * Nothing that is not pending can be waiting for it.
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
  prototype[PATCHED] = true;
}
