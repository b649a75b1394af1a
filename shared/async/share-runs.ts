/**
 * Lets callers with the same key share a run of their work. It starts after each of them has called, so what it reads is as recent
 * as if each had run its own: while a run is under way, one more waits behind it, whatever the number of callers. If a run fails,
 * the one behind it fails too.
 */
export function shareRuns<R>(): (key: string, work: () => Promise<R>) => Promise<R> {
  const last = new Map<string, { isWaiting: boolean; readonly result: Promise<R> }>();

  return (key, work) => {
    const before = last.get(key);
    if (before?.isWaiting) return before.result;
    const run = async (): Promise<R> => {
      await before?.result;
      mine.isWaiting = false;
      return work();
    };
    const mine = { isWaiting: true, result: Promise.resolve().then(run) };
    last.set(key, mine);
    const forget = (): void => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.result.then(forget, forget);
    return mine.result;
  };
}
