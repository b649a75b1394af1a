import { describe, expect, it } from 'vitest';
import { parseKafkaCredentials, saslOptions } from '#shared/kafka/kafka-credentials.ts';

describe('parseKafkaCredentials', () => {
  it('reads a user name and password', () => {
    expect(parseKafkaCredentials('{"username":"u","password":"p"}')).toEqual({
      kind: 'login',
      username: 'u',
      password: 'p',
    });
  });

  it.each([
    ['without a pass phrase', {}, {}],
    ['with one', { privateKeyPassword: 's' }, { passphrase: 's' }],
  ])('reads a certificate %s', (_, given, expected) => {
    const text = JSON.stringify({ certificate: 'C', privateKey: 'K', ...given });

    expect(parseKafkaCredentials(text)).toEqual({ kind: 'certificate', cert: 'C', key: 'K', ...expected });
  });

  it.each(['{}', '{"username":"secret"}', '{"password":"secret"}', '{"certificate":"secret"}', '{secret', '[]'])(
    'rejects %s without quoting it',
    (text) => {
      expect(() => parseKafkaCredentials(text)).toThrow(/^KAFKA_CREDENTIALS contains neither(?!.*secret)/);
    },
  );
});

describe('saslOptions', () => {
  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])('%s', (mechanism) => {
    expect(saslOptions(mechanism, 'u', 'p')).toEqual({ mechanism, username: 'u', password: 'p' });
  });
});
