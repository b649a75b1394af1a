import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Users of the broker, as in `custom.kafkaEvents.sasl`. */
export const PLAIN_USER = { mechanism: 'plain', username: 'plain-user', password: 'plain secret' };
export const SCRAM_USER = { mechanism: 'scram-sha-256', username: 'scram-user', password: 'scram-secret' };

/** keytool as a module, so that tests need the command java only. */
const KEYTOOL = ['-m', 'java.base/sun.security.tools.keytool.Main'];
const STORE_PASSWORD = 'only-for-a-test';

/** Creates a self-signed key. Returns its certificate. */
export function makeCertificate(folder: string): string {
  const store = ['-alias', 'broker', '-storetype', 'PKCS12', '-keystore', 'broker.p12', '-storepass', STORE_PASSWORD];
  const options = { cwd: folder, stdio: 'ignore' } as const;
  const subject = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-validity', '2'];
  execFileSync('java', [...KEYTOOL, '-genkeypair', '-keyalg', 'RSA', ...subject, ...store], options);
  execFileSync('java', [...KEYTOOL, '-exportcert', '-rfc', '-file', 'broker.pem', ...store], options);
  return readFileSync(path.join(folder, 'broker.pem'), 'utf8');
}

/** The key of `makeCertificate`, for a server of Node. */
export function keyStore(folder: string): { pfx: Buffer; passphrase: string } {
  return { pfx: readFileSync(path.join(folder, 'broker.p12')), passphrase: STORE_PASSWORD };
}

/** Adds a listener that requires TLS and a login. */
export function securedProperties(folder: string): Record<string, string> {
  const listener = 'listener.name.sasl_ssl';
  const { username, password } = PLAIN_USER;
  const login = 'org.apache.kafka.common.security';
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,OAUTHBEARER',
    [`${listener}.plain.sasl.jaas.config`]: `${login}.plain.PlainLoginModule required user_${username}="${password}";`,
    [`${listener}.scram-sha-256.sasl.jaas.config`]: `${login}.scram.ScramLoginModule required;`,
    [`${listener}.oauthbearer.sasl.jaas.config`]: `${login}.oauthbearer.OAuthBearerLoginModule required;`,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': path.join(folder, 'broker.p12'),
    'ssl.keystore.password': STORE_PASSWORD,
  };
}

export function scramUser(username: string, password: string): string {
  return `SCRAM-SHA-256=[name=${username},password=${password}]`;
}

/** A token that Kafka's default validator accepts: it checks no signature. */
export function unsecuredToken(subject: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Date.now() / 1_000;
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + 3_600 })}.`;
}
