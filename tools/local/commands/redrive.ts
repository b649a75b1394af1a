import { redriveHelp, wantsHelp } from '../cli/options.ts';
import { say } from '../cli/progress.ts';
import { describe } from '../cli/start-error.ts';
import { type FailedEvent, operatorApi } from '../redrive/operator-api.ts';
import { type RedriveOptions, redriveOptions } from '../redrive/redrive-arguments.ts';

/** Retries under way at once. */
const concurrency = 4;
const progressEvery = 100;

/**
 * `npm run redrive`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(redriveHelp);
    return 0;
  }
  try {
    const options = redriveOptions(args, process.env);
    const api = operatorApi(options);
    const failed = await collect(api.failedEvents(), options);
    return options.isList ? await list(failed, api) : await retryAll(failed, api);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

/** All of them before the first is retried: a retry takes its event out of the list. */
async function collect(events: AsyncIterable<FailedEvent>, { reason, limit }: RedriveOptions) {
  const found: Map<string, FailedEvent> = new Map();
  for await (const event of events) {
    if (found.size >= limit) break;
    if (reason === undefined || event.reason?.includes(reason)) found.set(event.uuid, event);
  }
  return [...found.values()];
}

async function list(failed: FailedEvent[], api: ReturnType<typeof operatorApi>) {
  for (const { uuid, reason } of failed) say(`${uuid}  ${reason ?? ''}`);
  let stray = 0;
  for await (const { topic, partition, offset, condition, reason } of api.strayDeadLetters()) {
    say(`${topic} ${partition} @ ${offset}  ${condition}: ${reason}`);
    stray += 1;
  }
  say(`${failed.length} FAILED, ${stray} dead letters of no event (these cannot be retried)`);
  return 0;
}

async function retryAll(failed: FailedEvent[], api: ReturnType<typeof operatorApi>) {
  const counts = { retried: 0, 'not-failed': 0, refused: 0 };
  const waiting = [...failed];
  let done = 0;
  const work = async () => {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      const { outcome, status } = await api.retry(event.uuid);
      counts[outcome] += 1;
      if (outcome === 'refused') say(`${event.uuid}: ${status}`);
      done += 1;
      if (done % progressEvery === 0) say(`  … ${done} of ${failed.length}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  say(`${counts.retried} retried, ${counts['not-failed']} not FAILED any more or erased, ${counts.refused} refused`);
  return counts.refused === 0 ? 0 : 1;
}
