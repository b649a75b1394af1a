/** Not everything that can be thrown can be turned into text. */
function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'something without a text was thrown';
  }
}

/** The message of anything that was thrown, on one line and at most `maxLength` characters. */
export function errorText(error: unknown, maxLength = 500): string {
  const text = error instanceof Error ? `${error.message || error.name}` : asText(error);
  return text.replace(/\s+/g, ' ').slice(0, maxLength);
}

/** The `code` property that Node and most clients put on their errors, or undefined. */
export function errorCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
