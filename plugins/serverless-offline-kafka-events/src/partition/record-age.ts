import type { PolledRecord } from '../record/polled-record.ts';
import { splitUnit, type Unit } from './unit.ts';

/** Splits off the leading records that are all too old, or all young enough, and marks the old ones as given up. */
export function splitByAge(unit: Unit, maximumAgeMs: number, nowMs: number): Unit[] {
  if (maximumAgeMs === Number.POSITIVE_INFINITY) return [unit];
  const isTooOld = (record: PolledRecord): boolean => nowMs - record.timestamp > maximumAgeMs;
  const [first] = unit.records;
  if (first === undefined) return [unit];
  const isFirstTooOld = isTooOld(first);
  const at = unit.records.findIndex((record) => isTooOld(record) !== isFirstTooOld);
  const [head, ...rest] = at < 0 ? ([unit] as const) : splitUnit(unit, at);
  return [isFirstTooOld ? { ...head, discard: 'RecordAgeExceeded' } : head, ...rest];
}
