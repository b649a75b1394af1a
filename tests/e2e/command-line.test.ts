import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, inject, it } from 'vitest';
import { eventWhen } from '#tests/helpers/events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';

const { keptLogFile, usersDatabaseUrl, notificationsDatabaseUrl, redisUrl, brokers } = inject('application');

interface Run {
  readonly code: number;
  readonly output: string;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      runArguments(`local/commands/${command}`, ...args),
      { env: { ...process.env, APP_LOG_FILE: keptLogFile, ...env } },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, output: `${out}${err}` }),
    );
  });
}

describe('npm run logs', () => {
  it('shows one registration’s log lines, by trace id and by event', async () => {
    const email = randomEmail();
    const traceId = randomName('').padEnd(32, '7');
    await register({ email }, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    const { uuid } = await eventWhen(email, 'FINISHED');

    for (const id of [traceId, uuid]) {
      const output = await waitFor(
        async () => {
          const shown = await run('logs', [id]);
          return shown.output.includes('Events confirmed') ? shown.output : undefined;
        },
        { what: 'the last line of the way' },
      );
      expect(output).toContain(`trace ${traceId}`);
      expect(output).toMatch(/Registration accepted[\s\S]*Mail sent[\s\S]*Events confirmed/);
      expect(output).not.toContain(email);
    }
  });

  it.each([
    [['ffffffffffff'], {}, 'has no line about ffffffffffff'],
    [['nonsense'], {}, 'neither a trace id'],
    [[], { APP_LOG_FILE: '/nowhere/app.log' }, 'There is no log yet'],
  ])('explains the error: %j', async (args, env, text) => {
    const { code, output } = await run('logs', args, env);

    expect([code, output]).toEqual([1, expect.stringContaining(text)]);
  });
});

describe('npm run doctor', () => {
  const servers = {
    USERS_DATABASE_URL: usersDatabaseUrl,
    NOTIFICATIONS_DATABASE_URL: notificationsDatabaseUrl,
    REDIS_URL: redisUrl,
    KAFKA_BROKERS: brokers,
    NO_DOCKER: '1',
  };

  it('reports problems and their solutions', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const { code, output } = await run('doctor', [], {
      ...servers,
      HTTP_PORT: String(port),
      SMTP_URL: 'smtp://127.0.0.1:1',
    });

    other.close();
    expect(code).toBe(1);
    expect(output).toContain(`✗ port ${port} (the API): in use`);
    expect(output).toContain('✗ SMTP_URL: 127.0.0.1:1 does not answer');
    expect(output).toContain('✓ REDIS_URL');
    expect(output).not.toContain('password');
  });
});

describe('--help', () => {
  it.each(['start', 'test', 'invoke', 'redrive', 'reset', 'logs', 'doctor'])(
    'of npm run %s lists the options',
    async (name) => {
      const { code, output } = await run(name, ['--help']);

      expect(code).toBe(0);
      expect(output).toMatch(/^npm /);
      expect(output.split('\n').length).toBeGreaterThan(3);
    },
  );
});
