declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** The parts of kafkajs' request queue that the timer patch needs (kafkajs 2.2.4). */
  export default class RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}
