import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Laboratory, openLaboratory } from '#tools/lab/chaos/laboratory.ts';
import { runOne } from '#tools/lab/chaos/matrix.ts';
import { testPace } from '#tools/lab/chaos/run-fault.ts';
import { allFaults, nameOf } from '#tools/lab/faults/faults.ts';
import { readSettings, serviceVariables } from '#tools/local/cli/settings.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';

/**
 * The faults of `npm run test:chaos -- --short` with the broadest coverage: each dependency once, stopped or frozen, and the one
 * fault that certainly repeats mails.
 */
const SIX = ['kafka/kill', 'redis/silent', 'mysql/kill', 'smtp/pause', 'smtp/cut', 'app/kill'];

const faults = allFaults.filter((fault) => SIX.includes(nameOf(fault)));

/** Removes the servers that npm test started: a URL that is set is never broken. */
function settings() {
  const started = (process.env['TEST_SERVICES_STARTED'] ?? '').split(',');
  const names = Object.entries(serviceVariables).flatMap(([service, variables]) =>
    started.includes(service) ? variables : [],
  );
  return readSettings(
    Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.some((n) => n === name))),
  );
}

describe('no mail is lost, repeated or left unfinished', () => {
  const guard = startGuard();
  const ending = new AbortController();
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await openLaboratory({ guard, settings: settings(), signal: ending.signal });
  });

  afterAll(async () => {
    ending.abort();
    await laboratory.stop();
    guard.close();
  });

  it.for(faults)('after $dependency/$kind', async (fault, { skip }) => {
    const { row } = await runOne(fault, laboratory, { pace: testPace, withTimes: false });
    const { verdict, reasons, outcome } = row;

    if (verdict === 'skipped') skip(reasons.join(', '));
    expect(reasons).toEqual([]);
    expect(outcome?.accepted).toBeGreaterThan(0);
  });
});
