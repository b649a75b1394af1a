import { describe, expect, it } from 'vitest';
import {
  judgeDisk,
  judgeMemory,
  judgePort,
  judgeProgram,
  judgeServer,
  report,
} from '#tools/local/commands/doctor-findings.ts';

const GIB = 1024 ** 3;
const port = { port: 8081, variable: 'HTTP_PORT', isTaken: true, isOurs: false };

describe('the doctor judges', () => {
  it.each([
    ['enough free disk space', judgeDisk(5 * GIB), 'good'],
    ['a full disk', judgeDisk(GIB), 'bad'],
    ['enough memory', judgeMemory(8 * GIB), 'good'],
    ['little memory', judgeMemory(GIB), 'note'],
    ['an installed program', judgeProgram('Redis', { version: '7.0', canInstall: false }), 'good'],
    ['a program that apt can install', judgeProgram('Redis', { version: undefined, canInstall: true }), 'note'],
    [
      'a program that must be installed by hand',
      judgeProgram('Redis', { version: undefined, canInstall: false }),
      'bad',
    ],
    ['a free port', judgePort('the API', { ...port, isTaken: false }), 'good'],
    ['a port that npm start uses', judgePort('the API', { ...port, isOurs: true }), 'good'],
    ['a port that another process uses', judgePort('the API', port), 'bad'],
    ['a reachable server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: true }), 'good'],
    ['an unreachable server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: false }), 'bad'],
  ])('%s', (_what, { state, advice }, expected) => {
    expect(state).toBe(expected);
    if (state !== 'good') expect(advice).toMatch(/\w/);
  });
});

describe('the doctor’s report', () => {
  it('says what to do, and fails when a start would', () => {
    const { text, code } = report([judgeDisk(5 * GIB), judgePort('the API', port)]);

    expect(code).toBe(1);
    expect(text).toContain(
      '✗ port 8081 (the API): in use\n      → stop the process that listens there, or set HTTP_PORT',
    );
    expect(text).toContain('1 problem prevents npm start from working');
  });

  it('succeeds when there are only notes', () => {
    expect(report([judgeMemory(GIB)])).toMatchObject({ code: 0, text: expect.stringContaining('! memory') });
  });
});
