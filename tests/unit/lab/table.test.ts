import { describe, expect, it } from 'vitest';
import { withLateMails } from '#tools/lab/chaos/matrix.ts';
import { type Row, summaryLine, toMarkdown, toText } from '#tools/lab/chaos/table.ts';
import { outcome } from './outcome.ts';

const rows: Row[] = [
  {
    system: 'ours',
    fault: 'kafka/kill',
    verdict: 'passed',
    reasons: [],
    outcome: outcome({ postAvailability: 0.9999 }),
  },
  { system: 'ours', fault: 'redis/stop', verdict: 'skipped', reasons: ['REDIS_URL set'] },
  {
    system: 'peer',
    fault: 'kafka/kill',
    verdict: 'failed',
    reasons: ['3 lost', '1 | 2'],
    outcome: outcome({ lost: 3 }),
  },
];

describe('the table', () => {
  it('is Markdown, one for each system', () => {
    const lines = toMarkdown(rows).split('\n');

    expect(lines[0]).toBe('**ours**');
    expect(lines[2]).toMatch(
      /^\| fault \| 201s \| answer lost \| mails \| duplicates \| lost \| unfinished \| FAILED \|/,
    );
    expect(lines[4]).toBe(
      '| kafka/kill | 100 | 0 | 100 | 0 | 0 | 0 | 0 | 40 | 20 → 30 | 99.99 % | 100 % | – | 1.2 | ok |',
    );
    expect(lines[5]).toMatch(/^\| redis\/stop \|( – \|)+ skipped: REDIS_URL set \|$/);
    expect(lines).toContain('**peer**');
    expect(lines.at(-1)).toMatch(/failed: 3 lost, 1 \\\| 2 \|$/);
  });

  it('stands in columns on a terminal', () => {
    const [head = '', first = ''] = toText(rows).split('\n');

    expect(first.indexOf('100 ')).toBe(head.indexOf('201s'));
  });

  it('ends with a line as the tests do', () => {
    expect(summaryLine(rows)).toBe('1 passed, 1 failed, 1 skipped');
  });
});

describe('mails that come after a row was judged', () => {
  const row: Row = { system: 'ours', fault: '', verdict: 'passed', reasons: [], outcome: outcome({ mails: 1 }) };
  const fault = { dependency: 'redis', kind: 'kill' } as const;
  const options = { withTimes: false };

  it('make duplicates where there was a mail', () => {
    const found = outcome({ mails: 2, duplicates: 1, unexcused: 1 });

    expect(withLateMails(row, fault, found, options)).toMatchObject({
      verdict: 'failed',
      reasons: ['1 repeated without an excuse'],
      outcome: { mails: 2, duplicates: 1 },
      note: '1 of the mails arrived later',
    });
    expect(withLateMails(row, fault, { ...found, unexcused: 0 }, options)).toMatchObject({ verdict: 'passed' });
  });

  it('are not lost any more where there was none', () => {
    const lost: Row = { ...row, verdict: 'failed', reasons: ['1 lost'], outcome: outcome({ mails: 1, lost: 1 }) };

    const changed = withLateMails(lost, fault, outcome({ mails: 2 }), options);

    expect(changed).toMatchObject({ verdict: 'passed', outcome: { lost: 0, duplicates: 0, mails: 2 } });
  });

  it('finish no event too late', () => {
    const stuck: Row = { ...row, outcome: outcome({ mails: 1, unfinished: 1 }) };

    expect(withLateMails(stuck, fault, outcome({ mails: 2 }), options)).toMatchObject({
      reasons: ['1 unfinished'],
    });
  });
});
