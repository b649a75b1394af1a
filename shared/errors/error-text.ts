/** String() throws for some values, such as objects without a prototype. */
function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value without a text representation was thrown';
  }
}

/** The message of any thrown value, on one line, cut to `maxLength` characters. */
export function errorText(error: unknown, maxLength = 500): string {
  const text = error instanceof Error ? `${error.message || error.name}` : asText(error);
  return text.replace(/\s+/g, ' ').slice(0, maxLength);
}

/** The `code` property of Node's and most clients' errors, or undefined. */
export function errorCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
