import { describe, expect, it } from 'vitest';
import { placed } from '#tools/local/cli/marked-place.ts';

const soak = { kind: 'chaos', title: 'soak' };

describe('a page', () => {
  it('gets a text into its marked place and keeps the rest', () => {
    const page = 'before\n\n<!-- chaos: soak -->\nold\n<!-- end of soak -->\n\nafter\n';

    expect(placed(page, soak, 'new')).toBe('before\n\n<!-- chaos: soak -->\n\nnew\n\n<!-- end of soak -->\n\nafter\n');
  });

  it('without a place gets it at its end', () => {
    expect(placed('before\n', soak, 'new')).toBe('before\n\n<!-- chaos: soak -->\n\nnew\n\n<!-- end of soak -->\n');
    expect(placed('', soak, 'new')).toBe('<!-- chaos: soak -->\n\nnew\n\n<!-- end of soak -->\n');
  });
});
