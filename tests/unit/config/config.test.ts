import { describe, expect, it } from 'vitest';
import { ConfigError, checkValue, readConfig, referencesIn } from '#shared/config/config.ts';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { LOCAL_DEFAULTS, RATE_LIMITS } from '#shared/config/defaults.ts';
import { REFERABLE } from '#shared/config/reference.ts';
import { PUBLISHED_ORIGIN_SECRET } from '#shared/config/stage-rules.ts';

const MALFORMED = [
  ['USERS_DATABASE_URL', 'postgres://u:secret@h/users'],
  ['USERS_DATABASE_URL', 'mysql://u:secret@h'],
  ['NOTIFICATIONS_DATABASE_URL', 'mysql://u:secret@h/a b'],
  ['REDIS_URL', 'http://h:6379/secret'],
  ['REDIS_URL', 'rediss://h:6379?password=secret'],
  ['KAFKA_BROKERS', 'secret'],
  ['KAFKA_BROKERS', 'a:1,'],
  ['KAFKA_BROKERS', 'http://secret:9092'],
  ['SMTP_URL', 'secret:1025'],
  ['SMTP_URL', 'smtps://h:465/?auth.pass=secret'],
  ['USERS_BASE_URL', 'http://h/?key=secret'],
  ['USERS_BASE_URL', 'ftp://secret'],
  ['MAIL_UI_URL', 'ftp://secret'],
  ['MAIL_UI_URL', 'http://h?key=secret'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'secret:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://h:4318?key=secret'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
  ['OTEL_SERVICE_NAME', 'secret,'],
  ['KAFKA_METRICS_PORT', '65536'],
  ['DATABASE_TLS', 'secret'],
  ['KAFKA_TLS', 'ON'],
  ['REDIS_TLS', 'secret'],
  ['SMTP_TLS', 'true'],
  ['TLS_CA', 'secret'],
  ['KAFKA_SASL_MECHANISM', 'secret'],
  ['KAFKA_CREDENTIALS', 'user:secret'],
  ['ROLE', 'secret'],
  ['HTTP_PORT', 'secret'],
  ['HTTP_PORT', '0'],
  ['HTTP_PORT', '65536'],
  ['HTTP_PORT', '80.5'],
  ['MAIL_FROM', 'secret'],
  ['MAIL_FROM', 'a@b.io\r\nBcc: secret@d.io'],
  ['OPERATOR_TOKEN', 'secret'],
  ['OPERATOR_TOKEN', 'secret-1,'],
  ['OPERATOR_TOKEN', 'sha256:secret-not-hex'],
  ['OPERATOR_TOKEN', 'two words-secret'],
  ['CORS_ORIGINS', 'secret.example.com'],
  ['CORS_ORIGINS', 'https://a.example/secret'],
  ['CORS_ORIGINS', '*,https://secret'],
  ['ORIGIN_SECRET', 'secret'],
  ['CLIENT_ADDRESS_HEADER', 'secret:'],
  ['IDEMPOTENCY_SECRET', 'secret'],
  ['IDEMPOTENCY_SECRET', 'secret-of-16-letters,secret'],
  ['MESSAGE_SECRET', 'secret'],
  ['DIAGNOSTICS', 'secret'],
  ['RATE_LIMIT_SIGN_UP_PER_IP', '-1'],
  ['RATE_LIMIT_PASSWORD_PER_IP', 'secret'],
  ['RATE_LIMIT_PASSWORD_PER_USER', '1.5'],
  ['PASSWORD_FAILURES_FREE', '-1'],
  ['RATE_LIMIT_MAILS_PER_ADDRESS', '-1'],
  ['RATE_LIMIT_ADDRESS_CHANGES_PER_USER', 'secret'],
  ['RATE_LIMIT_WINDOW_SECONDS', '0'],
  ['PASSWORD_HASH_CONCURRENCY', '0'],
  ['PASSWORD_HASH_QUEUE', '-1'],
  ['TOPIC_PREFIX', 'secret/'],
  ['CACHE_PREFIX', '{secret}'],
  ['KAFKA_PARTITIONS', '0'],
  ['KAFKA_REPLICATION_FACTOR', '0'],
  ['KAFKA_MIN_INSYNC_REPLICAS', 'x'],
  ['DATABASE_POOL_SIZE', '0'],
  ['SMTP_CONNECTIONS', '-1'],
  ['MAIL_RATE_PER_SECOND', '-1'],
  ['PROBE_DOMAIN', 'secret@d.io'],
  ['PASSWORD_HASH_MEMORY_KIB', '7'],
  ['PASSWORD_HASH_PASSES', '0'],
  ['MAIL_RETRY_HOURS', '0'],
  ['MAIL_REFUSED_FIRST_MS', '99'],
  ['MAIL_REFUSED_LONGEST_MS', 'x'],
  ['RELAY_MAX_REPUBLISH', '0'],
  ['RELAY_REPUBLISH_FIRST_MS', '99'],
  ['RELAY_REPUBLISH_LONGEST_MS', '86400001'],
  ['EVENT_KEEP_DAYS', '7'],
] as const;

function problem(env: Record<string, string>): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('It was taken');
}

describe('readConfig', () => {
  it('has a default for every variable in the local stage', () => {
    expect(readConfig({})).toMatchObject({
      ...LOCAL_DEFAULTS,
      STAGE: 'local',
      HTTP_PORT: 8081,
      USERS_BASE_URL: 'http://127.0.0.1:8081',
      TOPIC_PREFIX: '',
      DIAGNOSTICS: 'true',
      PASSWORD_HASH_MEMORY_KIB: 7168,
      PASSWORD_HASH_PASSES: 5,
      DATABASE_POOL_SIZE: 10,
      MAIL_RETRY_HOURS: 48,
    });
  });

  it('has no default servers and a pool of one connection in other stages', () => {
    const config = readConfig({ STAGE: 'prod' });

    for (const name of Object.keys(LOCAL_DEFAULTS)) expect(config).not.toHaveProperty(name);
    expect(config).not.toHaveProperty('USERS_BASE_URL');
    expect(config.DIAGNOSTICS).toBe('false');
    expect(config.DATABASE_POOL_SIZE).toBe(1);
  });

  it('sets rate limits by default in every stage except local', () => {
    expect(Object.keys(readConfig({ RATE_LIMIT_WINDOW_SECONDS: '60' })).filter((name) => name in RATE_LIMITS)).toEqual(
      [],
    );
    expect(readConfig({ RATE_LIMIT_PASSWORD_PER_USER: '5' })).toMatchObject({ RATE_LIMIT_PASSWORD_PER_USER: 5 });
    expect(readConfig({ STAGE: 'prod', RATE_LIMIT_SIGN_UP_PER_IP: '0' })).toMatchObject({
      RATE_LIMIT_SIGN_UP_PER_IP: 0,
      RATE_LIMIT_PASSWORD_PER_IP: 50,
      RATE_LIMIT_PASSWORD_PER_USER: 10,
      RATE_LIMIT_MAILS_PER_ADDRESS: 5,
      RATE_LIMIT_ADDRESS_CHANGES_PER_USER: 5,
      RATE_LIMIT_WINDOW_SECONDS: 300,
    });
  });

  it('names topics and keys after the stage, except in the local one, unless prefixes are set', () => {
    expect(readConfig({})).toMatchObject({ TOPIC_PREFIX: '', CACHE_PREFIX: '' });
    expect(readConfig({ STAGE: 'dev' })).toMatchObject({ TOPIC_PREFIX: 'dev-', CACHE_PREFIX: 'dev:' });
    expect(readConfig({ STAGE: 'prod', TOPIC_PREFIX: '', CACHE_PREFIX: 'p:' })).toMatchObject({
      TOPIC_PREFIX: '',
      CACHE_PREFIX: 'p:',
    });
  });

  describe('outside the local stage', () => {
    const token = 'a'.repeat(32);
    const IDEMPOTENCY_SECRET = 'secret-of-16-letters';

    it.each([
      [{ STAGE: 'prod', OPERATOR_TOKEN: 'a'.repeat(31) }, 'OPERATOR_TOKEN'],
      [{ STAGE: 'prod', OPERATOR_TOKEN: `${token},short-token` }, 'OPERATOR_TOKEN'],
      [{ STAGE: 'selfhosted', OPERATOR_TOKEN: 'a'.repeat(31), IDEMPOTENCY_SECRET }, 'OPERATOR_TOKEN'],
      [{ STAGE: 'selfhosted' }, 'OPERATOR_TOKEN'],
      [{ STAGE: 'selfhosted', OPERATOR_TOKEN: '' }, 'OPERATOR_TOKEN'],
      [{ STAGE: 'selfhosted', OPERATOR_TOKEN: token }, 'IDEMPOTENCY_SECRET'],
      [
        { STAGE: 'selfhosted', OPERATOR_TOKEN: token, IDEMPOTENCY_SECRET, ORIGIN_SECRET: PUBLISHED_ORIGIN_SECRET },
        'ORIGIN_SECRET',
      ],
      [
        { STAGE: 'selfhosted', OPERATOR_TOKEN: token, IDEMPOTENCY_SECRET, RATE_LIMIT_SIGN_UP_PER_IP: '0' },
        'RATE_LIMIT_SIGN_UP_PER_IP',
      ],
      [{ STAGE: 'selfhosted', OPERATOR_TOKEN: token, IDEMPOTENCY_SECRET, PASSWORD_HASH_PASSES: '1' }, 'PASSWORD_HASH'],
    ])('rejects %o', (env, variable) => {
      expect(problem(env as Record<string, string>).variable).toContain(variable);
    });

    it('accepts long tokens, and hashes of any', () => {
      expect(readConfig({ STAGE: 'prod', OPERATOR_TOKEN: `${token},sha256:${'a1'.repeat(32)}` }).STAGE).toBe('prod');
    });

    it('has the limits of a deployed stage and the pool of a process when self-hosted', () => {
      const given = { STAGE: 'selfhosted', OPERATOR_TOKEN: 'file:/run/token', IDEMPOTENCY_SECRET };

      expect(readConfig(given)).toMatchObject({ RATE_LIMIT_SIGN_UP_PER_IP: 100, DATABASE_POOL_SIZE: 10 });
      expect(readConfig(given)).not.toHaveProperty('REDIS_URL');
    });
  });

  it('accepts several operator tokens, plain or hashed', () => {
    const OPERATOR_TOKEN = `old-token,sha256:${'a1'.repeat(32)}`;

    expect(readConfig({ OPERATOR_TOKEN })).toMatchObject({ OPERATOR_TOKEN });
  });

  it('derives the users API URL from the port', () => {
    expect(readConfig({ HTTP_PORT: '9000' }).USERS_BASE_URL).toBe('http://127.0.0.1:9000');
  });

  it.each(REFERABLE)('accepts a reference for %s without fetching it', (variable) => {
    expect(readConfig({ [variable]: 'ssm:/a/b' })).not.toHaveProperty(variable);
    expect([...referencesIn({ [variable]: 'secretsmanager:a#b' })]).toEqual([
      [variable, { kind: 'secretsmanager', name: 'a', field: 'b' }],
    ]);
  });

  it('rejects a reference for a value that is read synchronously', () => {
    expect(problem({ MAIL_FROM: 'ssm:/a/b' }).variable).toBe('MAIL_FROM');
  });

  it('validates a fetched value like a given one, without quoting it', () => {
    expect(checkValue('REDIS_URL', 'rediss://h:6379')).toBe('rediss://h:6379');
    expect(() => checkValue('REDIS_URL', 'secret')).toThrow(/^REDIS_URL is malformed: (?!.*secret)/);
  });

  it('treats an empty variable as unset', () => {
    expect(readConfig({ REDIS_URL: '', HTTP_PORT: '' })).toMatchObject({ ...LOCAL_DEFAULTS, HTTP_PORT: 8081 });
  });

  it('returns a frozen object', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });

  it.each(MALFORMED)('rejects %s=%j by name, on one line, without the value', (variable, value) => {
    const error = problem({ [variable]: value });

    expect(error.variable).toBe(variable);
    expect(error.message.startsWith(`${variable} `)).toBe(true);
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toContain('secret');
  });

  it.each(['PASSWORD_HASH_MEMORY_KIB', 'PASSWORD_HASH_PASSES'])(
    'allows a low %s in the local stage only',
    (variable) => {
      const low = variable === 'PASSWORD_HASH_PASSES' ? '1' : '8';

      expect(readConfig({ [variable]: low })).toMatchObject({ [variable]: Number(low) });
      expect(problem({ STAGE: 'prod', [variable]: low }).message).toContain(variable);
    },
  );

  it('tests every variable that can be malformed', () => {
    const tested = new Set<string>(['STAGE', ...MALFORMED.map(([variable]) => variable)]);

    expect(Object.keys(ConfigSchema.properties).filter((variable) => !tested.has(variable))).toEqual([]);
  });
});
