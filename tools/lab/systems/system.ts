import type { Victim } from '../faults/target.ts';
import type { Records } from './records.ts';

/** Something to put load on: this application, the one that it replaces, or this one on another Node. */
export interface System {
  name: 'ours' | 'peer' | `Node ${string}`;
  /** where clients call it: at its proxy, if it has one */
  base: string;
  /** from its start until it was ready; 0 when it ran already */
  startMs: number;
  /** of all of its processes; none when it was started elsewhere */
  pids: () => readonly number[];
  /** undefined when it works on servers of its own */
  sendTopic: string | undefined;
  stop: () => Promise<void>;
}

/** A system that this run has started, on the servers of the run, and may break. */
export interface StartedSystem extends System {
  sendTopic: string;
  /** itself, and servers that faults reach differently with this system */
  victims: { app: Victim; kafka?: Victim };
  /** what makes two mails the same: the event in the Message-ID, or the recipient alone */
  identity: 'event' | 'recipient';
  records: Records;
  /** whether it reports that all is well, asked past its proxy */
  isUp: () => Promise<boolean>;
  /** for a system that does not recover by itself: before the next fault */
  restart?: () => Promise<void>;
  /** whether it marks finished events, so that they can be waited for */
  finishesEvents: boolean;
  /** how long it may take to recover, and then to settle */
  patienceMs: number;
}
