import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '#tests/deploy/tools/run.ts';
import { ensureCommands } from '#tools/local/install/ensure-commands.ts';

/** The files of a certificate that the test's own authority signed. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** key and certificate, as Kafka reads them */
  readonly pemFile: string;
}

export interface Authority {
  readonly caFile: string;
  readonly ca: string;
  /** Issues a certificate for one host name. */
  issue(host: string): Promise<Certificate>;
  remove(): void;
}

async function openssl(cwd: string, ...args: string[]): Promise<void> {
  await run('openssl', args, { cwd });
}

/** Creates a certificate authority in a temporary folder. */
export async function startAuthority(): Promise<Authority> {
  await ensureCommands(['openssl']);
  const dir = mkdtempSync(path.join(tmpdir(), 'authority-'));
  const caFile = path.join(dir, 'ca.pem');
  const subject = ['-subj', '/CN=test authority', '-days', '2', '-nodes'];
  await openssl(dir, 'req', '-x509', '-newkey', 'rsa:2048', '-keyout', 'ca.key', '-out', 'ca.pem', ...subject);
  return {
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    async issue(host) {
      const [certFile, keyFile, pemFile] = ['pem', 'key', 'both'].map((ending) => path.join(dir, `${host}.${ending}`));
      if (certFile === undefined || keyFile === undefined || pemFile === undefined) throw new Error('unreachable');
      writeFileSync(path.join(dir, `${host}.ext`), `subjectAltName=DNS:${host}\n`);
      // PKCS 8: Kafka reads no other format.
      await openssl(dir, 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', keyFile);
      await openssl(dir, 'req', '-new', '-key', keyFile, '-subj', `/CN=${host}`, '-out', `${host}.csr`);
      const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
      const request = ['-in', `${host}.csr`, '-out', certFile, '-days', '2', '-extfile', `${host}.ext`];
      await openssl(dir, 'x509', '-req', ...authority, ...request);
      writeFileSync(pemFile, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'));
      return { certFile, keyFile, pemFile };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
