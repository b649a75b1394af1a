/** A mistake in serverless.yml. The message names the function and the property. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'KAFKA_EVENTS_CONFIGURATION';
}
