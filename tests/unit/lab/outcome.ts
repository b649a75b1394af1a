import type { Outcome } from '#tools/lab/chaos/run-fault.ts';

/** What comes of a fault that nobody noticed. */
export function outcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    requests: 100,
    accepted: 100,
    unanswered: 0,
    mails: 100,
    duplicates: 0,
    unexcused: 0,
    foreignIds: 0,
    lost: 0,
    unfinished: 0,
    failed: 0,
    problems: [],
    slowestMs: 40,
    normalP99Ms: 20,
    faultP99Ms: 30,
    postAvailability: 1,
    getAvailability: 1,
    slowest503Ms: undefined,
    slowestFaultPostMs: 30,
    healedMs: 1200,
    lacks: '',
    ...changes,
  };
}
