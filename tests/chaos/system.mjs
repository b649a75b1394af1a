/**
 * What is put to the test: this application, or the one it replaces.
 * @typedef {object} Records what its databases say, asked past all proxies
 * @property {(tag: string) => Promise<{ users: string[], events: import('./checker.mjs').StoredEvent[] }>} read of addresses that begin with the tag
 * @property {(ageMs: number) => Promise<number>} countOverdue events older than that which are not done
 * @property {() => Promise<void>} close
 *
 * @typedef {object} System
 * @property {'this system' | 'peer'} name
 * @property {string} base through the application's proxy
 * @property {Readonly<Record<import('./faults.mjs').Dependency, import('./backing.mjs').Victim>>} victims
 * @property {'event' | 'recipient'} identity
 * @property {Records} records
 * @property {string} journal
 * @property {() => Promise<boolean>} isUp whether it says that all is well, asked past its proxy
 * @property {() => Promise<void>} [restart] of a system that does not come back by itself: before the next fault
 * @property {boolean} finishesEvents whether an event that is done is marked so, and can be waited for
 * @property {number} patienceMs how long it is given to heal, and then to settle
 * @property {string} brokers past the proxies
 * @property {string} sendTopic
 * @property {() => Promise<void>} stop
 */

export {};
