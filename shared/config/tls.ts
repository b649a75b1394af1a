import { rootCertificates } from 'node:tls';
import { getConfig } from './config.ts';
import { optionalSetting } from './settings.ts';

export interface TlsSettings {
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
  /** Defaults to Node's certificates. */
  readonly ca?: string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a connection to these hosts is encrypted. `auto` encrypts outside the local stage, except to loopback hosts. */
export function usesTls(mode: string, stage: string, hosts: readonly string[]): boolean {
  return mode === 'on' || (mode === 'auto' && stage !== 'local' && !hosts.every((host) => LOOPBACK.test(host)));
}

/** Verifies servers by Node's certificate authorities and those in TLS_CA. */
export async function tlsSettings(): Promise<TlsSettings> {
  const own = await optionalSetting('TLS_CA');
  const ca = own === undefined ? {} : { ca: [...rootCertificates, own] };
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...ca };
}

type Mode = 'DATABASE_TLS' | 'REDIS_TLS' | 'KAFKA_TLS' | 'SMTP_TLS';

/** TLS settings for a connection to these hosts, undefined if it is not encrypted. */
export async function tlsTo(mode: Mode, hosts: readonly string[]): Promise<TlsSettings | undefined> {
  const config = getConfig();
  return usesTls(config[mode], config.STAGE, hosts) ? tlsSettings() : undefined;
}
