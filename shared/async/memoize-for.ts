export function monotonicMs(): number {
  return performance.now();
}

/** Caches the result of `load` for `ms` milliseconds; concurrent callers share one load. A failed load is not cached. */
export function memoizeFor<T>(ms: number, load: () => Promise<T>, now = monotonicMs): () => Promise<T> {
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
