import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { load } from '#tools/local/offline/call-timeout.ts';
import {
  dropHiddenLines,
  formatTimesOnce,
  plainEnvironment,
  skipValidation,
} from '#tools/local/offline/spared-work.ts';

it('skips the validation of serverless.yml', async () => {
  const handler = { validateConfig: async () => Promise.reject(new Error('invalid')) };
  skipValidation({ configSchemaHandler: handler });

  await expect(handler.validateConfig()).resolves.toBeUndefined();
});

describe('plainEnvironment', () => {
  const original = process.env;
  afterEach(() => {
    process.env = original;
  });

  it('keeps variables, and passes new ones to child processes', () => {
    plainEnvironment();
    Object.assign(process.env, { SPARED_WORK: 'yes' });

    const script = 'console.log(process.env.SPARED_WORK, process.env.PATH)';
    const printed = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });

    expect(printed).toBe(`yes ${original.PATH}\n`);
    expect(original).not.toHaveProperty('SPARED_WORK');
  });
});

describe('dropHiddenLines', () => {
  async function linesAt(level: string | undefined) {
    const lines: unknown[] = [];
    const keep = (...text: unknown[]) => void lines.push(...text);
    const { log, setLogUtils } = await load('utils/log.js');
    const all = { debug: keep, error: keep, info: keep, notice: keep, verbose: keep, warning: keep };
    setLogUtils({ log: all });
    await dropHiddenLines(all, level);
    for (const name of Object.keys(all)) log[name](name);
    return lines;
  }

  it('drops what SLS_LOG_LEVEL=warning hides', async () => {
    expect(await linesAt('warning')).toEqual(['error', 'warning']);
  });
  it.each([undefined, 'notice', 'debug'])('changes nothing at level %s', async (level) => {
    expect(await linesAt(level)).toHaveLength(6);
  });
});

it('formats the time of a call as serverless-offline does', async () => {
  const { default: format } = await load('utils/formatToClfTime.js');
  const times = [0, 999, 1000, 86_399_999, 1_700_000_000_123, 1_700_000_000_999, 1_700_000_001_000, 0];
  const expected = times.map((time) => format(time));

  await formatTimesOnce();

  expect(times.map((time) => format(time))).toEqual(expected);
});
