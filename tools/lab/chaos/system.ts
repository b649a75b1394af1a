import type { Victim } from './backing.ts';
import type { StoredEvent } from './checker.ts';
import type { Dependency } from './faults.ts';

/** What is put to the test: this application, or the one it replaces. what its databases say, asked past all proxies */
export interface Records {
  /** of addresses that begin with the tag */
  read: (tag: string) => Promise<{ users: string[]; events: StoredEvent[] }>;
  /** events older than that which are not done */
  countOverdue: (ageMs: number) => Promise<number>;
  close: () => Promise<void>;
}

export interface System {
  name: 'this system' | 'peer';
  /** through the application's proxy */
  base: string;
  victims: Readonly<Record<Dependency, Victim>>;
  identity: 'event' | 'recipient';
  records: Records;
  journal: string;
  /** whether it says that all is well, asked past its proxy */
  isUp: () => Promise<boolean>;
  /** of a system that does not come back by itself: before the next fault */
  restart?: () => Promise<void>;
  /** whether an event that is done is marked so, and can be waited for */
  finishesEvents: boolean;
  /** how long it is given to heal, and then to settle */
  patienceMs: number;
  /** past the proxies */
  brokers: string;
  sendTopic: string;
  stop: () => Promise<void>;
}
