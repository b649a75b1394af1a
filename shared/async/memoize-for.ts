export function monotonicMs(): number {
  return performance.now();
}

/**
 * Loads something at most once in `ms` milliseconds, however many ask for it; those who ask meanwhile get the same. A load that
 * fails is not kept.
 */
export function keptFor<T>(ms: number, load: () => Promise<T>, now = monotonicMs): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (kept !== undefined && now() < kept.until) return kept.value;
    const mine = { value: load(), until: now() + ms };
    kept = mine;
    mine.value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return mine.value;
  };
}
