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
  const mail = (to: string) => ({ to });
  const row: Row = {
    system: 'ours',
    fault: '',
    tag: 'f1n',
    verdict: 'passed',
    reasons: [],
    outcome: outcome({ mails: 1 }),
  };
  const options = { withTimes: false };

  it('make duplicates where there was a mail', () => {
    const mails = [mail('f1n1@b.io'), mail('f1n1@b.io'), mail('f11n1@b.io')];

    const changed = withLateMails(row, { dependency: 'redis', kind: 'kill' }, mails, options);

    expect(changed).toMatchObject({
      verdict: 'failed',
      reasons: ['1 duplicates'],
      outcome: { mails: 2, duplicates: 1 },
    });
    expect(withLateMails(row, { dependency: 'app', kind: 'kill' }, mails, options)).toMatchObject({
      verdict: 'passed',
    });
  });

  it('are not lost any more where there was none', () => {
    const lost: Row = { ...row, verdict: 'failed', reasons: ['1 lost'], outcome: outcome({ mails: 1, lost: 1 }) };

    const changed = withLateMails(
      lost,
      { dependency: 'redis', kind: 'kill' },
      [mail('f1n1@b.io'), mail('f1n2@b.io')],
      options,
    );

    expect(changed).toMatchObject({ verdict: 'passed', outcome: { lost: 0, duplicates: 0, mails: 2 } });
  });
});
