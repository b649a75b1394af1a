/** Decides where a stream of chunks is cut: returns what may still pass, and whether the cut has been reached. */
export type Cut = (chunk: Buffer) => { pass: Buffer; isCut: boolean };

export function cutAfterBytes(limit: number): Cut {
  let seen = 0;
  return (chunk) => {
    const pass = chunk.subarray(0, Math.max(0, limit - seen));
    seen += chunk.length;
    return { pass, isCut: seen >= limit };
  };
}

/** @param text may be spread over several chunks */
export function cutAfterText(text: string): Cut {
  const wanted = Buffer.from(text);
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const joined = Buffer.concat([tail, chunk]);
    const found = joined.indexOf(wanted);
    if (found >= 0) return { pass: chunk.subarray(0, found + wanted.length - tail.length), isCut: true };
    tail = Buffer.from(joined.subarray(Math.max(0, joined.length - wanted.length + 1)));
    return { pass: chunk, isCut: false };
  };
}
