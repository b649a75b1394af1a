import { describe, expect, it } from 'vitest';
import { judgeDisk, judgeMemory, judgePort, judgeProgram, judgeServer, report } from '#tools/local/doctor/findings.ts';

const GIB = 1024 ** 3;
const port = { port: 8081, variable: 'HTTP_PORT', isTaken: true, isOurs: false };

describe('what the doctor makes of', () => {
  it.each([
    ['room on the disk', judgeDisk(5 * GIB), 'good'],
    ['a full disk', judgeDisk(GIB), 'bad'],
    ['enough memory', judgeMemory(8 * GIB), 'good'],
    ['little memory', judgeMemory(GIB), 'note'],
    ['a program', judgeProgram('Redis', { version: '7.0', canInstall: false }), 'good'],
    ['one that apt brings', judgeProgram('Redis', { version: undefined, canInstall: true }), 'note'],
    ['one that nobody brings', judgeProgram('Redis', { version: undefined, canInstall: false }), 'bad'],
    ['a free port', judgePort('the API', { ...port, isTaken: false }), 'good'],
    ['a port of npm start', judgePort('the API', { ...port, isOurs: true }), 'good'],
    ['a port of somebody else', judgePort('the API', port), 'bad'],
    ['a server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: true }), 'good'],
    ['a silent server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: false }), 'bad'],
  ])('%s', (_what, { state, advice }, expected) => {
    expect(state).toBe(expected);
    if (state !== 'good') expect(advice).toMatch(/\w/);
  });
});

describe('the doctor’s report', () => {
  it('says what to do, and fails when a start would', () => {
    const { text, code } = report([judgeDisk(5 * GIB), judgePort('the API', port)]);

    expect(code).toBe(1);
    expect(text).toContain('✗ port 8081 (the API): in use\n      → stop what listens there, or set HTTP_PORT');
    expect(text).toContain('1 thing keeps npm start from working');
  });

  it('is content with what only could be better', () => {
    expect(report([judgeMemory(GIB)])).toMatchObject({ code: 0, text: expect.stringContaining('! memory') });
  });
});
