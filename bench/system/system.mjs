/**
 * What is measured: this application, or the one it replaces.
 * @typedef {object} System
 * @property {'ours' | 'peer'} name
 * @property {string} base
 * @property {() => readonly number[]} pids of all of its processes; none when it runs elsewhere
 * @property {string | undefined} sendTopic undefined when it works on servers of its own
 * @property {number} startMs from its start until it answered; 0 when it ran already
 * @property {() => Promise<void>} stop
 *
 * @typedef {System & { usersDatabaseUrl: string, notificationsDatabaseUrl: string, sentTopic: string, redisNumber: number, lambdaPort: number }} OurSystem
 */

export {};
