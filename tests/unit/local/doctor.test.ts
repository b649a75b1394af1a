import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { installedEngines } from '#tools/local/commands/doctor.ts';
import {
  judgeDisk,
  judgeDocker,
  judgeMemory,
  judgePort,
  judgeProgram,
  judgeServer,
  report,
} from '#tools/local/commands/doctor-findings.ts';
import { canInstallPackages } from '#tools/local/install/apt.ts';

const GIB = 1024 ** 3;
const port = { port: 8081, variable: 'HTTP_PORT', isTaken: true };
const missing = { version: undefined, canInstall: false, mayUseDocker: true };

describe('the doctor judges', () => {
  it.each([
    ['enough free disk space', judgeDisk(5 * GIB), 'good'],
    ['a full disk', judgeDisk(GIB), 'bad'],
    ['enough memory', judgeMemory(8 * GIB), 'good'],
    ['little memory', judgeMemory(GIB), 'note'],
    ['an installed program', judgeProgram('Redis', { ...missing, version: '7.0' }), 'good'],
    ['a program that apt can install', judgeProgram('Redis', { ...missing, canInstall: true }), 'note'],
    ['a program that must be installed by hand', judgeProgram('Redis', missing), 'bad'],
    ['a free port', judgePort('the API', { ...port, isTaken: false }), 'good'],
    ['a port that npm start uses', judgePort('the API', { ...port, acceptedFrom: 'npm start' }), 'good'],
    ['a port that another process uses', judgePort('the API', port), 'bad'],
    ['a reachable server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: true }), 'good'],
    ['an unreachable server', judgeServer('REDIS_URL', { address: 'here:1', isReachable: false }), 'bad'],
  ])('%s', (_what, { state, advice }, expected) => {
    expect(state).toBe(expected);
    if (state !== 'good') expect(advice).toMatch(/\w/);
  });
});

describe('the doctor names', () => {
  it('the program on a taken port', () => {
    expect(judgePort('the API', { ...port, listener: 'nginx (pid 4711)' })).toEqual({
      state: 'bad',
      what: 'port 8081 (the API): in use by nginx (pid 4711)',
      advice: 'stop it, or set HTTP_PORT',
    });
  });

  it.each([
    [true, 'install Redis, or start Docker, or set the URL of a server of your own'],
    [false, 'install Redis, or set the URL of a server of your own'],
  ])('Docker as a way only where it may be used (%s)', (mayUseDocker, advice) => {
    expect(judgeProgram('Redis', { ...missing, mayUseDocker })).toMatchObject({ advice });
  });
});

describe('the doctor judges Docker', () => {
  const problem = { what: 'its Compose plugin is missing', advice: 'install Docker Compose 2.24 or later' };
  const here = { mayUse: true, hasCli: true, installed: [] };

  it.each([
    ['good', 'an engine answers', { hasEngine: true }, here, undefined],
    [
      'good',
      'NO_DOCKER is set',
      { hasEngine: false },
      { ...here, mayUse: false, installed: ['colima' as const] },
      undefined,
    ],
    [
      'note',
      'its Compose plugin is missing',
      { hasEngine: true, problem },
      here,
      'install Docker Compose 2.24 or later, or set NO_DOCKER=1',
    ],
    ['note', 'no engine answers', { hasEngine: false }, here, undefined],
    [
      'note',
      'no engine answers',
      { hasEngine: false },
      { ...here, installed: ['colima' as const, 'podman' as const] },
      'start Colima: colima start',
    ],
  ])('%s: %s', (state, what, docker, options, advice) => {
    const finding = judgeDocker(docker, options);
    expect(finding).toMatchObject({ state, what: expect.stringContaining(what) });
    expect(finding.advice).toBe(advice);
  });
});

describe('the doctor asks for the docker CLI where it is missing', () => {
  it.each([
    [
      'podman' as const,
      /^install the docker CLI with Compose \(or podman-docker\), then let docker use Podman's socket/,
    ],
    ['colima' as const, /^install the docker CLI with Compose, then start Colima/],
  ])('%s', (engine, advice) => {
    const finding = judgeDocker({ hasEngine: false }, { mayUse: true, hasCli: false, installed: [engine] });
    expect(finding.advice).toMatch(advice);
  });
});

describe('the doctor looks for', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('engines on the PATH, the likeliest first', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'engines-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ['dockerd', 'podman', 'colima']) writeFileSync(path.join(folder, name), '', { mode: 0o755 });
    vi.stubEnv('PATH', folder);

    expect(installedEngines().filter((engine) => engine !== 'desktop')).toEqual(['colima', 'podman', 'dockerd']);
  });

  it('apt only where it may install', async () => {
    vi.stubEnv('NO_INSTALL', '1');
    expect(await canInstallPackages()).toBe(false);
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
