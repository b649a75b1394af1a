const NEEDED = ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'] as const;

/** The integration tests use real servers: `npm test` starts them and sets their URLs. */
export default (): void => {
  const missing = NEEDED.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not set: run the tests with \`npm test\``);
};
