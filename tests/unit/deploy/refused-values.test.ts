import { describe, expect, it } from 'vitest';
import { plainSecrets } from '#tools/deploy/refused-values.ts';

const HASH = `sha256:${'a'.repeat(64)}`;

describe('a secret in plain text', () => {
  it.each([
    ['OPERATOR_TOKEN', 'a-token-of-more-than-32-characters-in-plain-text'],
    ['OPERATOR_TOKEN', `${HASH},a-token-of-more-than-32-characters-in-plain-text`],
    ['IDEMPOTENCY_SECRET', 'a-secret-of-16-characters'],
    ['MESSAGE_SECRET', 'a-secret-of-16-characters'],
    ['KAFKA_CREDENTIALS', '{"username":"u","password":"p"}'],
    ['USERS_DATABASE_URL', 'mysql://users:secret@host.example.com:3306/users'],
    ['NOTIFICATIONS_DATABASE_URL', 'mysql://u:a%2Fb@host/notifications'],
    ['REDIS_URL', 'rediss://:secret@host:6379'],
    ['REDIS_URL', 'rediss://host:6379?password=secret'],
    ['SMTP_URL', 'smtps://host/?auth.pass=secret'],
    ['SMTP_URL', 'smtp://AKIA:with@sign@host:587'],
  ])('%s=%s is found', (variable, value) => {
    expect(plainSecrets({ STAGE: 'prod', [variable]: value })).toEqual([variable]);
  });

  it.each([
    ['OPERATOR_TOKEN', 'ssm:/registration/prod/operator-token'],
    ['OPERATOR_TOKEN', `${HASH},${HASH}`],
    ['USERS_DATABASE_URL', 'secretsmanager:database#url'],
    ['REDIS_URL', 'rediss://host:6379'],
    ['KAFKA_BROKERS', 'b-1.example.com:9096,b-2.example.com:9096'],
    ['MAIL_FROM', 'welcome@registration.example'],
    ['TLS_CA', 'file:/var/runtime/ca-cert.pem'],
    ['MESSAGE_SECRET', ''],
  ])('%s=%s is not one', (variable, value) => {
    expect(plainSecrets({ [variable]: value })).toEqual([]);
  });
});
