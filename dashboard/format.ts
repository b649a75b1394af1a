const number = new Intl.NumberFormat('en');

/** A count, with a plus sign if it is capped: "100,000+". */
export function countText({ count, isMore }: { readonly count: number; readonly isMore: boolean }): string {
  return `${number.format(count)}${isMore ? '+' : ''}`;
}

export function numberText(value: number): string {
  return number.format(value);
}

/** A duration in a suitable unit: "85 ms", "1.2 s", "3 min", "2 h", "4 d". */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** The age of a time: "now", "12 s ago". */
export function agoText(at: string, now: number): string {
  const ms = now - Date.parse(at);
  return ms < 1000 ? 'now' : `${spanText(Math.floor(ms / 1000) * 1000).replace('.0', '')} ago`;
}

/** The time until something is due: "now", "in 4 s". */
export function untilText(at: string, now: number): string {
  const ms = Date.parse(at) - now;
  return ms < 500 ? 'now' : `in ${spanText(Math.max(1000, Math.round(ms / 1000) * 1000)).replace('.0', '')}`;
}

/** A round number at or above the largest value, for the top of an axis. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}
