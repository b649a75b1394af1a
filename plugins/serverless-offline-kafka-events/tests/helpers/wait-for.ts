/** Resolves with the first value that is not undefined, null or false. Rejects after the timeout. */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 60_000, details = () => '' }: { timeoutMs?: number; details?: () => string } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as NonNullable<T>;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(
    `waited ${timeoutMs} ms for ${what}${lastError === undefined ? '' : `: ${String(lastError)}`}\n${details()}`,
  );
}
