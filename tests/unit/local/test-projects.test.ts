import { describe, expect, it } from 'vitest';
import { needsServers, readProjects } from '#tools/local/commands/test-projects.ts';

function startsServers(args: readonly string[]): boolean {
  return readProjects(args).projects.some(needsServers);
}

describe('npm test', () => {
  it.each([
    [['--project', 'unit']],
    [['--project=property']],
    [['--project', 'unit', '--project', 'property']],
    [['tests/unit']],
    [['tests/unit/local/lock.test.ts', 'tests/property']],
    [['plugins/serverless-offline-kafka-events/tests/unit/chunks.test.ts']],
    [['./tests/unit/local/lock.test.ts', '-t', 'a name']],
  ])('starts no servers for %j', (args) => {
    expect(startsServers(args)).toBe(false);
  });

  it.each([
    [[]],
    [['-t', 'a name']],
    [['lock']],
    [['--project', 'unit', '--project', 'integration']],
    [['tests/unit', 'tests/integration']],
    [['tests/starter/start.test.ts']],
  ])('starts servers for %j', (args) => {
    expect(startsServers(args)).toBe(true);
  });

  it('passes every other argument on, in order', () => {
    const args = ['--project=unit', 'tests/a', '--bail=1', '-t', 'a name', '--project', 'property', '--coverage'];
    expect(readProjects(args)).toEqual({
      projects: ['unit', 'property'],
      rest: ['tests/a', '--bail=1', '-t', 'a name', '--coverage'],
    });
  });

  it('runs the five default projects without a selection', () => {
    expect(readProjects(['tests/e2e']).projects).toEqual(['unit', 'property', 'integration', 'system', 'chaos']);
  });
});
