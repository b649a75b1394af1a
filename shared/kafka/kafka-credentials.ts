import type { SASLOptions } from 'kafkajs';
import { ConfigError } from '#shared/config/config.ts';

/** A user name and password, or a client certificate. */
export type KafkaCredentials =
  | { readonly kind: 'login'; readonly username: string; readonly password: string }
  | { readonly kind: 'certificate'; readonly cert: string; readonly key: string; readonly passphrase?: string };

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/**
 * Parses KAFKA_CREDENTIALS, a secret in the format of Lambda's event source mappings, so that both can share it.
 * @throws ConfigError
 */
export function parseKafkaCredentials(text: string): KafkaCredentials {
  const { username, password, certificate, privateKey, privateKeyPassword } = fieldsOf(text);
  if (typeof username === 'string' && typeof password === 'string') return { kind: 'login', username, password };
  if (typeof certificate === 'string' && typeof privateKey === 'string') {
    const passphrase = typeof privateKeyPassword === 'string' ? { passphrase: privateKeyPassword } : {};
    return { kind: 'certificate', cert: certificate, key: privateKey, ...passphrase };
  }
  throw new ConfigError('KAFKA_CREDENTIALS', 'contains neither username and password nor certificate and privateKey');
}

/** The login in kafkajs' format. */
export function saslOptions(mechanism: string, username: string, password: string): SASLOptions {
  if (mechanism === 'plain') return { mechanism: 'plain', username, password };
  if (mechanism === 'scram-sha-256') return { mechanism: 'scram-sha-256', username, password };
  return { mechanism: 'scram-sha-512', username, password };
}
