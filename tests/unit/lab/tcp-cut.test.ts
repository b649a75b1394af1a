import { describe, expect, it } from 'vitest';
import { cutAfterBytes, cutAfterText } from '#tools/lab/faults/tcp-cut.ts';

function all(cut: ReturnType<typeof cutAfterBytes>, chunks: readonly string[]) {
  return chunks.map((chunk) => {
    const { pass, isCut } = cut(Buffer.from(chunk));
    return [pass.toString(), isCut];
  });
}

describe('a cut', () => {
  it('comes after so many bytes', () => {
    expect(all(cutAfterBytes(5), ['abc', 'defg', 'h'])).toEqual([
      ['abc', false],
      ['de', true],
      ['', true],
    ]);
  });

  it('comes after a text, be it spread over chunks', () => {
    expect(all(cutAfterText('\r\n.\r\n'), ['a\r\n', '.', '\r\nmore'])).toEqual([
      ['a\r\n', false],
      ['.', false],
      ['\r\n', true],
    ]);
    expect(all(cutAfterText('yy'), ['xyxy', 'yy'])).toEqual([
      ['xyxy', false],
      ['y', true],
    ]);
  });
});
