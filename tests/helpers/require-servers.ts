const NEEDED = ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'] as const;

/** The integration tests run on real servers: `npm test` starts them and says where they are. */
export default (): void => {
  const missing = NEEDED.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not set: run the tests with \`npm test\``);
};
