/** What is measured: this application, or the one it replaces. */
export interface System {
  name: 'ours' | 'peer';
  base: string;
  /** of all of its processes; none when it runs elsewhere */
  pids: () => readonly number[];
  /** undefined when it works on servers of its own */
  sendTopic: string | undefined;
  /** from its start until it answered; 0 when it ran already */
  startMs: number;
  stop: () => Promise<void>;
}

export type OurSystem = System & {
  usersDatabaseUrl: string;
  notificationsDatabaseUrl: string;
  sentTopic: string;
  redisNumber: number;
  lambdaPort: number;
};
