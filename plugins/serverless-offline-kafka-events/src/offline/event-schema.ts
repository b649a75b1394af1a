import { isObject } from '../support/value.ts';

/** The part of the framework's configuration schema that we extend. */
export interface ConfigSchemaHandler {
  readonly schema: unknown;
  defineFunctionEventProperties(provider: string, event: string, schema: { properties: Record<string, unknown> }): void;
  defineCustomProperties(schema: { type: string; properties: Record<string, unknown> }): void;
}

const POLLERS = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
} as const;
const COUNT = { type: 'integer', minimum: 1, maximum: 2_000 };
const ACCESS_CONFIG = {
  type: 'object',
  properties: {
    type: { enum: ['BASIC_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH', 'SERVER_ROOT_CA_CERTIFICATE'] },
    uri: { type: 'string' },
  },
  required: ['type', 'uri'],
  additionalProperties: false,
};
const VALIDATION_CONFIG = {
  type: 'object',
  properties: { attribute: { enum: ['KEY', 'VALUE'] } },
  required: ['attribute'],
  additionalProperties: false,
};

/** A text, or a CloudFormation function that gives one. */
const TEXT = {
  anyOf: [
    { type: 'string' },
    {
      type: 'object',
      patternProperties: { '^(Ref|Fn::\\w+)$': {} },
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    },
  ],
};

/** Spelled as the frameworks spell them for stream and sqs events, or as CloudFormation does, in camel case. */
const PROPERTIES: Readonly<Record<string, unknown>> = {
  functionResponseType: { enum: ['ReportBatchItemFailures'] },
  maximumRetryAttempts: { type: 'integer', minimum: -1, maximum: 10_000 },
  maximumRecordAgeInSeconds: { anyOf: [{ const: -1 }, { type: 'integer', minimum: 60, maximum: 604_800 }] },
  bisectBatchOnFunctionError: { type: 'boolean' },
  onFailureDestination: TEXT,
  provisionedPollerConfig: {
    ...POLLERS,
    properties: { minimumPollers: COUNT, maximumPollers: COUNT, pollerGroupName: { type: 'string' } },
  },
  provisionedPollers: { ...POLLERS, properties: { min: COUNT, max: COUNT, group: { type: 'string' } } },
  schemaRegistryConfig: {
    type: 'object',
    properties: {
      schemaRegistryURI: TEXT,
      schemaRegistryUri: TEXT,
      eventRecordFormat: { enum: ['JSON', 'SOURCE'] },
      accessConfigs: { type: 'array', items: ACCESS_CONFIG, maxItems: 2 },
      schemaValidationConfigs: { type: 'array', items: VALIDATION_CONFIG, minItems: 1, maxItems: 2 },
    },
    additionalProperties: false,
  },
  metricsConfig: {
    type: 'object',
    properties: { metrics: { type: 'array', items: { type: 'string' } } },
    additionalProperties: false,
  },
  loggingConfig: {
    type: 'object',
    properties: { systemLogLevel: { enum: ['DEBUG', 'INFO', 'WARN'] } },
    additionalProperties: false,
  },
  consumptionMode: { enum: ['Stream', 'Queue'] },
  kmsKeyArn: { type: 'string' },
  tags: { type: 'object', additionalProperties: { type: 'string' } },
};

/** Adds the properties that the framework lacks. Defining a known property again would throw. */
export function extendEventSchema(handler: ConfigSchemaHandler): void {
  for (const event of ['kafka', 'msk']) {
    const known = knownProperties(handler.schema, event);
    if (known === null) continue;
    const missing = Object.entries(PROPERTIES).filter(([name]) => !(name in known));
    if (missing.length === 0) continue;
    handler.defineFunctionEventProperties('aws', event, { properties: Object.fromEntries(missing) });
  }
  if (!isObject(dig(handler.schema, ['properties', 'custom', 'properties', 'kafkaEvents']))) {
    handler.defineCustomProperties({ type: 'object', properties: { kafkaEvents: { type: 'object' } } });
  }
}

/** Returns null when the provider has no such event. */
function knownProperties(schema: unknown, event: string): Record<string, unknown> | null {
  const functions = dig(schema, ['properties', 'functions', 'patternProperties']);
  if (!isObject(functions)) return null;
  for (const definition of Object.values(functions)) {
    const alternatives = dig(definition, ['properties', 'events', 'items', 'anyOf']);
    if (!Array.isArray(alternatives)) continue;
    for (const alternative of alternatives) {
      const found = dig(alternative, ['properties', event, 'properties']);
      if (isObject(found)) return found;
    }
  }
  return null;
}

function dig(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((current, key) => (isObject(current) ? current[key] : undefined), value);
}
