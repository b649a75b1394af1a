interface WaitOptions {
  readonly timeoutMs?: number;
  readonly what?: string;
}

/** Polls until `probe` returns a truthy value and returns it; an exception counts as "not yet". */
export async function waitFor<T>(
  probe: () => Promise<T> | T,
  { timeoutMs = 20_000, what = 'the condition' }: WaitOptions = {},
) {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await probe();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(
    `Timed out after ${timeoutMs} ms waiting for ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
