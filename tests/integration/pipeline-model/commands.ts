import fc from 'fast-check';
import { TOPICS } from '#shared/messages/topics.ts';
import type { BrokerAnswer, Topic } from './simulated-kafka.ts';
import type { MailAnswer } from './simulated-mail.ts';

/** The possible next events. Numbers pick processes, records and waiting code, modulo how many there are. */
export type Command =
  | { readonly do: 'register' | 'relay' | 'deliver-due'; readonly process: number }
  /** Delivers records of a topic that has undelivered ones. */
  | { readonly do: 'consume'; readonly process: number; readonly pick: number; readonly limit: number }
  | { readonly do: 'retry'; readonly process: number; readonly pick: number }
  /** Another producer dead-letters an event that is still in progress. */
  | { readonly do: 'foreign dead letter'; readonly pick: number }
  /** Another producer requests the mail of an event, with a generation that no operator has reached. */
  | { readonly do: 'foreign message'; readonly pick: number; readonly ahead: number }
  /** Resumes one piece of waiting code the given number of times. */
  | { readonly do: 'go on'; readonly pick: number; readonly times: number }
  /** Resumes one process until it has nothing left to do. */
  | { readonly do: 'finish'; readonly process: number }
  /** Completes all due work, with no faults except pending ones. */
  | { readonly do: 'work'; readonly process: number }
  | { readonly do: 'crash' | 'crash in transaction'; readonly process: number }
  /** Cuts the process's database connections and refuses the given number of new ones. */
  | { readonly do: 'lose databases'; readonly process: number; readonly refusals: number }
  | { readonly do: 'pass time'; readonly ms: number }
  | { readonly do: 'mail answers'; readonly answer: MailAnswer }
  | { readonly do: 'broker answers'; readonly answer: BrokerAnswer }
  | { readonly do: 'rewind'; readonly topic: Topic; readonly records: number }
  | { readonly do: 'repeat'; readonly topic: Topic; readonly pick: number };

/** Of each function. */
export const PROCESSES = 2;

const SECOND = 1000;
/** Just beyond each duration: birth lease, result lease, consumer and schedule leases, back-offs. */
const PASSES = [1, 3, 6, 11, 26, 66, 3600].map((seconds) => seconds * SECOND);

/** Longer than the retry period of a refused recipient. */
const LONG_PASS = 49 * 3600 * SECOND;

const process = fc.nat({ max: 30 });
const pick = fc.nat({ max: 30 });
const topic = fc.constantFrom(...TOPICS);
function command<Do extends Command['do'], Rest extends object>(
  name: Do,
  rest: { [K in keyof Rest]: fc.Arbitrary<Rest[K]> },
) {
  return fc.record({ do: fc.constant(name), ...rest }) as fc.Arbitrary<{ readonly do: Do } & Rest>;
}

const brokerAnswer = fc.constantFrom<BrokerAnswer>('taken', 'away', 'deaf', 'leaderless');
const mailAnswer = fc.constantFrom<MailAnswer>(
  'taken',
  'unknown user',
  'unknown user',
  'greylisted',
  'throttled',
  'dropped',
  'away',
  'silent',
);

const arbitrary: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: command('register', { process }) },
  { weight: 5, arbitrary: command('relay', { process }) },
  { weight: 8, arbitrary: command('deliver-due', { process }) },
  { weight: 16, arbitrary: command('consume', { process, pick, limit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 5, arbitrary: command('retry', { process, pick }) },
  { weight: 26, arbitrary: command('go on', { pick, times: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 10, arbitrary: command('finish', { process }) },
  { weight: 4, arbitrary: command('work', { process }) },
  { weight: 3, arbitrary: command('crash', { process }) },
  { weight: 2, arbitrary: command('crash in transaction', { process }) },
  { weight: 10, arbitrary: command('lose databases', { process, refusals: fc.integer({ min: 2, max: 6 }) }) },
  { weight: 9, arbitrary: command('pass time', { ms: fc.constantFrom(...PASSES) }) },
  { weight: 1, arbitrary: command('pass time', { ms: fc.constant(LONG_PASS) }) },
  { weight: 8, arbitrary: command('mail answers', { answer: mailAnswer }) },
  { weight: 2, arbitrary: command('broker answers', { answer: brokerAnswer }) },
  { weight: 3, arbitrary: command('rewind', { topic, records: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: command('repeat', { topic, pick }) },
  { weight: 2, arbitrary: command('foreign dead letter', { pick }) },
  { weight: 2, arbitrary: command('foreign message', { pick, ahead: fc.constantFrom(1, 7, 900) }) },
);

/** Every history begins with registrations. */
export const commands: fc.Arbitrary<Command[]> = fc
  .array(arbitrary, { minLength: 60, maxLength: 120, size: 'max' })
  .map((rest) => [{ do: 'register', process: 0 }, { do: 'register', process: 1 }, ...rest]);
