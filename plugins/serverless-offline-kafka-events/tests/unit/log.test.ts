import { expect, test } from 'vitest';
import { createLog, LOG_LEVELS } from '../../src/support/log.ts';

test.each(LOG_LEVELS.map((level, index) => ({ level, written: LOG_LEVELS.slice(index) })))(
  'at $level the lines of $written are written, one JSON object each',
  ({ level, written }) => {
    const lines: string[] = [];
    const log = createLog({ notice: (line) => lines.push(line) }, level);
    for (const each of LOG_LEVELS) log[each]('said', { size: 3 });
    const expected = written.map((each) => ({ level: each, source: 'kafka-events', message: 'said', size: 3 }));
    expect(lines.map((line) => JSON.parse(line))).toEqual(expected);
  },
);
