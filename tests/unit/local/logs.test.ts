import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLogFile, readLogFile } from '#tools/local/app/app-log.ts';
import { logsOptions } from '#tools/local/commands/logs.ts';
import { linesOf, parseLogLine, prettyLine } from '#tools/local/commands/logs-lines.ts';
import { isForPeople, readable } from '#tools/local/offline/keep-log.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const OTHER = '4bf9aaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const UUID = '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d';

function written(second: number, message: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    level: 'INFO',
    message,
    timestamp: `2026-01-31T12:00:0${second}.000Z`,
    service: 'registration',
    sampling_rate: 0,
    ...fields,
  });
}

const lines = [
  written(0, 'Registration accepted', { traceId: TRACE, userId: 1, uuid: UUID }),
  written(0, 'Registration accepted', { traceId: OTHER, userId: 2, uuid: 'x' }),
  written(2, 'Events confirmed', { traceIds: [OTHER, TRACE], finished: 2 }),
  written(1, 'Mail sent', { traceId: TRACE, uuid: UUID, ms: 7 }),
  written(3, 'Redis is back', {}),
  'some other output',
  '{"not":"ours"}',
].flatMap((text) => parseLogLine(text) ?? []);

const folder = mkdtempSync(path.join(os.tmpdir(), 'logs-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the lines of one registration', () => {
  const way = ['Registration accepted', 'Mail sent', 'Events confirmed'];

  it.each([
    ['its trace id', TRACE],
    ['the beginning of it', TRACE.slice(0, 8)],
    ['in capitals', TRACE.toUpperCase()],
    ['the event’s uuid', UUID],
  ])('are found by %s, in order, including lines about several registrations', (_what, id) => {
    const found = linesOf(lines, id);

    expect(found.lines.map(({ message }) => message)).toEqual(way);
    expect(found.traceIds).toEqual([TRACE]);
  });

  it('name every trace that a beginning fits', () => {
    expect(linesOf(lines, '4bf9').traceIds.sort()).toEqual([TRACE, OTHER].sort());
    expect(linesOf(lines, 'ffff')).toEqual({ lines: [], traceIds: [] });
  });
});

describe('two registrations in one trace', () => {
  const second = '7a0d3f1f-6e60-4d7f-8c1b-1e802f3c4d5e';
  const both = [
    written(0, 'Registration accepted', { traceId: TRACE, userId: 1, uuid: UUID }),
    written(1, 'Registration accepted', { traceId: TRACE, userId: 2, uuid: second }),
    written(2, 'Mail sent', { traceId: TRACE, uuid: second, ms: 7 }),
    written(3, 'Events confirmed', { uuids: [second], traceIds: [TRACE] }),
    written(4, 'Dead letters recorded', { uuids: [UUID], traceIds: [TRACE] }),
    written(5, 'Request rejected', { traceId: TRACE }),
  ].flatMap((text) => parseLogLine(text) ?? []);
  const found = (id: string) => linesOf(both, id).lines.map(({ message }) => message);

  it('are kept apart by uuid', () => {
    expect(found(UUID)).toEqual(['Registration accepted', 'Dead letters recorded', 'Request rejected']);
    expect(found(second)).toEqual(['Registration accepted', 'Mail sent', 'Events confirmed', 'Request rejected']);
  });

  it('are shown together by trace id', () => {
    expect(found(TRACE)).toHaveLength(both.length);
  });
});

describe('a line of the log', () => {
  it('cannot command the terminal', () => {
    const attack = 'x\u001b]0;owned\u0007\u001b[2J\u009b31m\r\nfake\u202e';
    const [line] = [written(0, attack, { text: attack, [attack]: { message: attack }, list: [attack] })].flatMap(
      (text) => parseLogLine(text) ?? [],
    );
    if (line === undefined) throw new Error('The line was not parsed');

    const shown = prettyLine(line, { colour: false });

    expect(shown).toContain('x\\u001b]0;owned\\u0007');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('is shown with its time, or the time since the first line', () => {
    const line = parseLogLine(written(2, 'Events confirmed', { traceIds: [OTHER, TRACE], finished: 2 }));
    if (line === undefined) throw new Error('no line');

    expect(prettyLine(line, { colour: false })).toBe(
      '12:00:02.000  INFO   Events confirmed  finished=2  trace=4bf9aaaa  trace=4bf92f35',
    );
    expect(prettyLine(line, { colour: false, since: line.at - 1500 })).toBe(
      '    +1.500 s  INFO   Events confirmed  finished=2',
    );
  });

  it('is shown unchanged when no handler wrote it', () => {
    const text = `plain\n${written(1, 'Mail sent', { ms: 7 })}\n`;

    expect(readable(text)).toMatch(/^plain\n.*12:00:01\.000.*Mail sent.*7\n$/);
  });

  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ LOG_FORMAT: 'json' }, true, false],
    [{ LOG_FORMAT: 'pretty' }, false, true],
    [{ NO_COLOR: '1' }, true, false],
  ])('with %j on a terminal (%s) is formatted for people: %s', (env, isTerminal, expected) => {
    expect(isForPeople(env, isTerminal)).toBe(expected);
  });
});

describe('the kept log', () => {
  it('is bounded: a full file replaces the second one', () => {
    const file = path.join(folder, 'deep', 'app.log');
    const { write, flush } = openLogFile(file, 10);
    for (const text of ['first line\n', 'second line\n', 'third line\n']) {
      write(text);
      flush();
    }

    expect(readFileSync(`${file}.1`, 'utf8')).toBe('second line\n');
    expect(readLogFile(file)).toEqual(['second line', '', 'third line', '']);
  });

  it('is undefined without a file', () => {
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
    expect(readLogFile(path.join(folder, 'none'))).toBeUndefined();
  });
});

describe('the arguments of npm run logs', () => {
  it('are an id, or nothing', () => {
    expect(logsOptions([])).toEqual({ id: undefined, isJson: false });
    expect(logsOptions([TRACE, '--json'])).toEqual({ id: TRACE, isJson: true });
  });

  it.each([[['--folow']], [['a', 'b']], [['ann@example.com']], [['abc']]])('are rejected: %j', (args) => {
    expect(() => logsOptions(args)).toThrow(/Run with --help|neither/);
  });
});
