/** @param {readonly (readonly string[])[]} lines the first is the head @returns {string} */
export const markdownTable = (lines) => {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [first = [], ...rest] = lines;
  return [line(first), line(first.map(() => '---')), ...rest.map(line)].join('\n');
};

/** @param {readonly (readonly string[])[]} lines @returns {string} in columns, for a terminal */
export const textTable = (lines) => {
  const widths = (lines[0] ?? []).map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
