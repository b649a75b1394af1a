import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import {
  caughtRecipients,
  compose,
  consumersOf,
  eventStates,
  mustCompose,
  mustRun,
  newProject,
  type Output,
  register,
  registrationTravels,
  run,
  stateOf,
  whySkipped,
} from './engine.ts';

const MAX_IMAGE_MB = 180;
const DEVELOPER_TOOLS = ['biome', 'playwright-core', 'typescript', 'vitest'];
const SERVICES = ['mysql', 'redis', 'kafka', 'mail', 'app', 'gateway'];
const SEND_GROUP = 'email-service-listener-group';
/** 10 registrations/s. */
const LOAD = { count: 100, everyMs: 100, limitMs: 15_000 };

const { name, env, port } = await newProject();
const base = `http://127.0.0.1:${port('HTTP_PORT')}`;
const mailUi = `http://127.0.0.1:${port('MAIL_UI_PORT')}`;

function up(...args: string[]): Promise<string> {
  return mustCompose(env, 'up', '--detach', '--wait', '--wait-timeout', '180', ...args);
}

/** Containers, volumes and networks of the project. */
async function leftovers(): Promise<string> {
  const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${name}`];
  const found = await Promise.all([
    run('docker', ['ps', '--all', ...filter], env),
    run('docker', ['volume', 'ls', ...filter], env),
    run('docker', ['network', 'ls', ...filter], env),
  ]);
  return found.map(({ text }) => text.trim()).join('');
}

async function containersOf(service: string): Promise<string[]> {
  const printed = await mustCompose(env, 'ps', '--quiet', service);
  return printed.trim().split('\n').filter(Boolean);
}

// Compose reads the file without an engine.
const hasCompose = (await run('docker', ['compose', 'version'], env)).code === 0;

describe.skipIf(!hasCompose)('docker compose config', () => {
  it.each([
    ['tools', ['kafka', 'kafka-ui']],
    ['observability', ['lgtm']],
  ])('accepts the profile %s', async (profile, services) => {
    const printed = await mustCompose(env, '--profile', profile, 'config', '--services');

    expect(printed.split('\n')).toEqual(expect.arrayContaining(services));
  });
});

describe.skipIf(whySkipped !== undefined)('docker compose up --build', () => {
  beforeAll(() => up('--build'));

  afterAll(async () => {
    await compose(env, 'down', '--volumes', '--timeout', '5');
    await run('docker', ['image', 'rm', `${name}-app`], env);
  });

  it('serves a registration from HTTP to the mail and FINISHED, and the pages', async () => {
    const email = await registrationTravels(base);

    expect(await caughtRecipients(mailUi)).toContain(email);
    const [dashboard, second, home] = await Promise.all([
      sendRequest(base, { method: 'GET', path: '/dashboard' }),
      sendRequest(`http://127.0.0.1:${port('EMAIL_HTTP_PORT')}`, { method: 'GET', path: '/health/ready' }),
      sendRequest(base, { method: 'GET', path: '/' }),
    ]);
    expect(dashboard.text).toContain('<!doctype html>');
    expect(JSON.parse(second.text)).toMatchObject({ status: 'up' });
    expect(JSON.parse(home.text)).toMatchObject({ links: { mails: mailUi } });
  });

  it('runs as an ordinary user, from an image with little of its own', async () => {
    const [container = ''] = await containersOf('app');
    const image = await mustRun('docker', ['inspect', '--format', '{{.Image}}', container], env);
    const own = await mustRun(
      'docker',
      ['history', '--no-trunc', '--format', '{{.Size}}\t{{.CreatedBy}}', image.trim()],
      env,
    );
    const user = await mustRun('docker', ['exec', container, 'id', '-u'], env);

    expect(user.trim()).toMatch(/^[1-9]\d*$/);
    const ownMb = sizeOfOwnLayersMb(own);
    console.info(`The application's image has ${Math.round(ownMb)} MB of its own layers`);
    expect(ownMb).toBeGreaterThan(1);
    expect(ownMb).toBeLessThan(MAX_IMAGE_MB);
    const packages = await mustRun('docker', ['exec', container, 'ls', 'node_modules', 'node_modules/.bin'], env);
    expect(packages).toContain('serverless');
    expect(packages.split(/\s+/).filter((name) => DEVELOPER_TOOLS.includes(name))).toEqual([]);
  });

  it('writes one readable log line for each step of a registration', async () => {
    const logs = await mustCompose(env, 'logs', '--no-log-prefix', 'app');

    for (const message of ['Registration accepted', 'Mail sent', 'Events confirmed']) expect(logs).toContain(message);
    expect(logs).not.toContain('correct-horse-1');
  });

  it('keeps its data over down and up', async () => {
    const email = await registrationTravels(base);
    await mustCompose(env, 'down', '--timeout', '20');
    await up();

    expect(await stateOf(base, email)).toBe('FINISHED');
    expect(await caughtRecipients(mailUi)).toContain(email);
  });

  it.each(SERVICES)('heals when %s is killed and started again', async (service) => {
    await mustCompose(env, 'kill', service);
    await mustCompose(env, 'start', service);

    await registrationTravels(base);
  });

  it.each(SERVICES)('heals when %s is restarted', async (service) => {
    await mustCompose(env, 'restart', '--timeout', '10', service);

    await registrationTravels(base);
  });

  it('--scale app=3 loses nothing when a replica is killed under load, and spreads the partitions', async () => {
    await up('--scale', 'app=3', '--no-recreate');
    const replicas = await containersOf('app');
    expect(replicas).toHaveLength(3);

    const kafka = `127.0.0.1:${port('KAFKA_PORT')}`;
    await waitFor(async () => (await consumersOf(kafka, SEND_GROUP, 'user.email.send')).size === 3, {
      timeoutMs: 60_000,
      what: 'a partition for each replica',
    });

    const accepted: string[] = [];
    const work: Promise<unknown>[] = [];
    let killed: Promise<Output> | undefined;
    const started = performance.now();
    for (let count = 0; count < LOAD.count; count += 1) {
      const email = `s${randomBytes(5).toString('hex')}@b.io`;
      work.push(
        register(base, email).then(
          (status) => status === 201 && accepted.push(email),
          () => undefined,
        ),
      );
      if (count === 30) killed = run('docker', ['kill', replicas[1] ?? ''], env);
      const next = started + (count + 1) * LOAD.everyMs;
      await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
    }
    expect(performance.now() - started).toBeLessThan(LOAD.limitMs);
    await Promise.all(work);
    expect(await killed).toMatchObject({ code: 0 });

    expect(accepted.length).toBeGreaterThan(80);
    const isFinished = async () => {
      const states = await eventStates(base);
      return accepted.every((email) => states.get(email) === 'FINISHED');
    };
    const ended = performance.now();
    await waitFor(isFinished, { timeoutMs: 90_000, what: 'every event FINISHED' });
    const recipients = await caughtRecipients(mailUi);
    const lost = accepted.filter((email) => !recipients.includes(email));
    const mails = recipients.filter((email) => accepted.includes(email)).length;
    console.info(
      `${LOAD.count} registrations at ${1000 / LOAD.everyMs}/s, one of 3 replicas killed: ${accepted.length} accepted, ${lost.length} lost, ` +
        `${mails - accepted.length} mails repeated, all FINISHED ${((performance.now() - ended) / 1000).toFixed(1)} s after the last answer`,
    );
    expect(lost).toEqual([]);
  });

  it('heals when a container was paused', async () => {
    await mustCompose(env, 'pause', 'kafka');
    const email = `t${randomBytes(5).toString('hex')}@b.io`;
    expect(await register(base, email)).toBe(201);
    await mustCompose(env, 'unpause', 'kafka');

    await waitFor(async () => (await stateOf(base, email)) === 'FINISHED', { timeoutMs: 60_000, what: 'FINISHED' });
  });

  it('down --volumes leaves nothing', async () => {
    await mustCompose(env, 'down', '--volumes', '--timeout', '20');

    expect(await leftovers()).toBe('');
  });
});

/** Adds up the layers above the base image, which ends with its own CMD. */
function sizeOfOwnLayersMb(history: string): number {
  const units: Readonly<Record<string, number>> = { B: 1e-6, kB: 1e-3, MB: 1, GB: 1000 };
  const layers = history.trim().split('\n');
  const base = layers.findIndex((line) => /CMD \["node"\]/.test(line));
  return layers.slice(0, base < 0 ? layers.length : base).reduce((sum, line) => {
    const [, amount = '0', unit = 'B'] = /^([\d.]+)([kMG]?B)/.exec(line) ?? [];
    return sum + Number(amount) * (units[unit] ?? 0);
  }, 0);
}
