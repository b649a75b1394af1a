/**
 * What every local service is told.
 * @typedef {object} ServiceContext
 * @property {string} dir where its data lives
 * @property {number} port
 * @property {string} logFile
 * @property {string} [pidFile]
 * @property {import('../process/guard-client.mjs').Guard} guard
 * @property {string[]} [options] more arguments for the server; for Kafka more lines of its properties
 * @property {boolean} isThrowAway nobody will ever read its data again: speed before durability
 *
 * A service that was started; `ready` fails when it ends or stays silent.
 * @typedef {{ service: import('../process/managed-process.mjs').ManagedProcess, ready: Promise<void> }} StartedService
 */

export {};
