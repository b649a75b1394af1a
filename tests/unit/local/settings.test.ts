import { describe, expect, it } from 'vitest';
import { offlineCommand } from '#tools/local/app/supervisor.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import { maskSecrets } from '#tools/local/cli/start-error.ts';

function db(name: string) {
  return `mysql://tester:password@127.0.0.1:3306/${name}`;
}

describe('readSettings', () => {
  it('starts every service when no URL is set', () => {
    const { local, urls, ports } = readSettings({});
    expect(local).toEqual(['mysql', 'redis', 'kafka', 'mail']);
    expect(urls.USERS_DATABASE_URL).toBe('mysql://tester:password@127.0.0.1:23306/users');
    expect(ports).toMatchObject({ http: 8081, emailHttp: 8083, lambda: 3002 });
  });

  it('starts no service whose URL is set', () => {
    const { local, urls } = readSettings({
      USERS_DATABASE_URL: db('users'),
      NOTIFICATIONS_DATABASE_URL: db('notifications'),
      REDIS_URL: 'redis://cache:6380',
    });
    expect(local).toEqual(['kafka', 'mail']);
    expect(urls.REDIS_URL).toBe('redis://cache:6380');
    expect(urls.KAFKA_BROKERS).toBe('127.0.0.1:9092');
  });

  it.each([
    [{ USERS_DATABASE_URL: db('users') }, 'NOTIFICATIONS_DATABASE_URL is not set although USERS_DATABASE_URL is'],
    [{ REDIS_URL: '' }, 'REDIS_URL is empty'],
    [{ REDIS_URL: 'http://cache' }, 'REDIS_URL is malformed'],
    [{ KAFKA_BROKERS: 'broker' }, 'KAFKA_BROKERS is malformed'],
    [{ KAFKA_BROKERS: 'a:9092,b:99999' }, 'KAFKA_BROKERS is malformed'],
    [{ SMTP_URL: 'smtp://' }, 'SMTP_URL is malformed'],
    [
      { USERS_DATABASE_URL: 'mysql://u:secret@host:3306', NOTIFICATIONS_DATABASE_URL: db('notifications') },
      'USERS_DATABASE_URL is malformed',
    ],
    [{ HTTP_PORT: '80a' }, "HTTP_PORT must be a port between 1 and 65535, not '80a'"],
    [{ REDIS_PORT: '70000' }, 'REDIS_PORT must be a port'],
    [{ APP_HEAP_MB: '64' }, "APP_HEAP_MB must be a number of megabytes, 256 or more, not '64'"],
    [{ APP_HEAP_MB: '1g' }, "APP_HEAP_MB must be a number of megabytes, 256 or more, not '1g'"],
  ])('names the malformed variable in %o', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });

  it.each([
    [{}, 1024],
    [{ HOT_RELOAD: '0' }, 512],
    [{ HOT_RELOAD: '0', APP_HEAP_MB: '768' }, 768],
  ])('limits the application’s heap with %o', (env, heapMb) => {
    expect(readSettings(env).heapMb).toBe(heapMb);
    expect(offlineCommand(heapMb)).toContain(`--max-old-space-size=${heapMb}`);
  });

  it('opens the inspector on request, without time limits', () => {
    expect(offlineCommand(256).join(' ')).not.toMatch(/inspect|source-maps|noTimeout/);
    expect(offlineCommand(256, 9229)).toEqual(
      expect.arrayContaining(['--inspect=127.0.0.1:9229', '--enable-source-maps', '--noTimeout']),
    );
  });

  it('never quotes a URL that may hold a password', () => {
    const env = { USERS_DATABASE_URL: 'mysql:u:secret', NOTIFICATIONS_DATABASE_URL: db('notifications') };
    expect(() => readSettings(env)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});

describe('maskSecrets', () => {
  it.each([
    ['connect mysql://tester:password@host:1/users failed', 'connect mysql://tester:***@host:1/users failed'],
    ['smtp://user:p@ss@mail:25', 'smtp://user:***@mail:25'],
    ['redis://:word@cache:6379', 'redis://:***@cache:6379'],
    ['redis://cache:6379', 'redis://cache:6379'],
  ])('hides the password in %s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });
});
