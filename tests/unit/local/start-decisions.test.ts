import { describe, expect, it } from 'vitest';
import { backoffMs } from '#shared/async/waiting.ts';
import { isInstalled } from '#tools/bootstrap/run.mjs';
import { prepareBackoff } from '#tools/local/app/prepare.ts';
import { judge } from '#tools/local/app/readiness.ts';
import { urlTable } from '#tools/local/app/run-app.ts';
import { restartBackoff } from '#tools/local/app/supervisor.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import { functionNames, invokeOptions } from '#tools/local/commands/invoke.ts';
import { summarize } from '#tools/local/commands/test-vitest.ts';
import { portsInUse } from '#tools/local/services/port-check.ts';

describe('isInstalled', () => {
  const lock = (version: string) => ({
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version },
      'node_modules/b': { version: '1.0.0', optional: true },
    },
  });
  it('is false without an installation', () => expect(isInstalled(lock('1.0.0'), undefined)).toBe(false));
  it('is false when the lock file requires another version', () => {
    expect(isInstalled(lock('2.0.0'), lock('1.0.0'))).toBe(false);
  });
  it('ignores missing optional packages of other platforms', () => {
    expect(isInstalled(lock('1.0.0'), { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
  });
});

describe('judge', () => {
  const answer = (kafka: string) =>
    JSON.stringify({ status: 'up', dependencies: { mysql: { status: 'up' }, kafka: { status: kafka } } });
  it('is ready when all is up', () => expect(judge(200, answer('up'), true).isReady).toBe(true));
  it('waits for our own broker', () => {
    expect(judge(200, answer('down'), true)).toEqual({ isReady: false, reason: 'kafka is down' });
  });
  it('does not wait for the user’s own broker', () => expect(judge(200, answer('down'), false).isReady).toBe(true));
  it('is not ready on an error', () => expect(judge(503, 'oops', false).isReady).toBe(false));
});

describe('delays', () => {
  it('grow and stay bounded', () => {
    expect([1, 2, 3, 10].map((attempt) => backoffMs(prepareBackoff, attempt))).toEqual([1000, 2000, 4000, 10_000]);
    expect([1, 2, 3, 20].map((deaths) => backoffMs(restartBackoff, deaths))).toEqual([500, 1000, 2000, 30_000]);
  });
});

describe('portsInUse', () => {
  it('lists only the ports that a start will use', () => {
    const settings = readSettings({ REDIS_URL: 'redis://a:1', KAFKA_BROKERS: 'a:1' });
    expect(portsInUse(settings, { withApp: true })).toEqual(['http', 'emailHttp', 'lambda', 'mysql', 'mail', 'mailUi']);
    expect(portsInUse(settings, { withApp: false, except: ['mysql'] })).toEqual(['mail', 'mailUi']);
  });
});

describe('urlTable', () => {
  it('shows where mails go, without the password', () => {
    const table = urlTable(
      readSettings({ SMTP_URL: 'smtp://u:secret@mail:25', HTTP_HOST: '0.0.0.0', HTTP_PORT: '9000' }),
    );
    expect(table).toContain('http://127.0.0.1:9000/swagger-ui/index.html');
    expect(table).toContain('smtp://u:***@mail:25');
  });
});

describe('invokeOptions', () => {
  const names = functionNames({ functions: { getUser: {}, createUser: {} } });
  it('takes a function and an event', () => {
    expect(invokeOptions(['getUser'], names)).toEqual({ name: 'getUser', event: undefined });
    expect(invokeOptions(['getUser', '--event', 'a.json'], names).event).toBe('a.json');
    expect(invokeOptions(['getUser', '--event=a.json'], names).event).toBe('a.json');
  });
  it('lists the functions when the name is wrong', () => {
    expect(() => invokeOptions(['nope'], names)).toThrow(
      "There is no function 'nope'. These exist:\n  createUser\n  getUser",
    );
  });
});

describe('summarize', () => {
  it('counts', () => {
    const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };
    expect(summarize(report, 1)).toBe('3 passed, 1 failed, 2 skipped');
  });
  it('does not lose a file that failed before its first test', () => {
    const report = { numPassedTests: 3, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(summarize(report, 1)).toBe('3 passed, 1 failed, 0 skipped');
  });
  it('never reports success for a run that failed', () =>
    expect(summarize({}, 1)).toBe('0 passed, 1 failed, 0 skipped'));
});
