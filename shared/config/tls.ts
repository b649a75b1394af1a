import { rootCertificates } from 'node:tls';
import { getConfig } from './config.ts';
import { optionalSetting } from './settings.ts';

export interface TlsSettings {
  readonly rejectUnauthorized: true;
  readonly minVersion: 'TLSv1.2';
  /** Absent: Node's own. */
  readonly ca?: string[];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a connection to these hosts is encrypted. What is said on this machine's loopback nobody else can hear. */
export function usesTls(mode: string, stage: string, hosts: readonly string[]): boolean {
  return mode === 'on' || (mode === 'auto' && stage !== 'local' && !hosts.every((host) => LOOPBACK.test(host)));
}

/** How servers prove who they are: by certificates of Node's authorities or of those in TLS_CA. */
export async function tlsSettings(): Promise<TlsSettings> {
  const own = await optionalSetting('TLS_CA');
  const ca = own === undefined ? {} : { ca: [...rootCertificates, own] };
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...ca };
}

type Mode = 'DATABASE_TLS' | 'KAFKA_TLS' | 'SMTP_TLS';

/** The settings of an encrypted connection to these hosts, or undefined when it is not to be encrypted. */
export async function tlsTo(mode: Mode, hosts: readonly string[]): Promise<TlsSettings | undefined> {
  const config = getConfig();
  return usesTls(config[mode], config.STAGE, hosts) ? tlsSettings() : undefined;
}
