import { readOptions, runCommand, wholeNumber } from '../cli/options.ts';
import { say } from '../cli/progress.ts';
import { readPort } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { inert } from './logs-lines.ts';
import { type FailedEvent, operatorApi } from './redrive-api.ts';

const help = `npm run redrive [-- options]

Retries every FAILED event of a running system and counts the outcomes. After an interruption, run it again for the rest.

  --list           lists the FAILED events and the dead letters without an event; changes nothing
  --reason TEXT    only events whose reason contains TEXT
  --limit N        at most N events, the newest first
  --url URL        the system (default: USERS_BASE_URL, else http://127.0.0.1:$HTTP_PORT)
  --help

OPERATOR_TOKEN: the operator's bearer token, where the system requires one.
`;

/** Retries in flight at once. */
const concurrency = 4;
const progressEvery = 100;
const largestLimit = 999_999_999;

export interface RedriveOptions {
  baseUrl: string;
  token: string | undefined;
  /** List the events and change nothing. */
  isList: boolean;
  /** Only events whose reason contains it. */
  reason: string | undefined;
  /** Events at most. */
  limit: number;
}

/** `npm run redrive` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    const options = redriveOptions(args, process.env);
    const api = operatorApi(options);
    const failed = await collect(api.failedEvents(), options);
    return options.isList ? await list(failed, api) : await retryAll(failed, api);
  });
}

/** @throws {StartError} that names the option or variable */
export function redriveOptions(args: string[], env: Record<string, string | undefined>): RedriveOptions {
  const { list, reason, limit, url } = readOptions(args, {
    list: { type: 'boolean', default: false },
    reason: { type: 'string' },
    limit: { type: 'string' },
    url: { type: 'string' },
  }).values;
  const base = url ?? env.USERS_BASE_URL ?? `http://127.0.0.1:${readPort('http', env)}`;
  if (!/^https?:\/\/\S+$/.test(base) || !URL.canParse(base))
    throw new StartError(`${url === undefined ? 'USERS_BASE_URL' : '--url'} must be an http:// or https:// URL`);
  return {
    baseUrl: base.replace(/\/+$/, ''),
    token: usableToken(env.OPERATOR_TOKEN ?? ''),
    isList: list,
    reason,
    limit: limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--limit', limit, largestLimit),
  };
}

/** The first token that is given as itself: a hash cannot be sent. */
function usableToken(setting: string) {
  return setting.split(',').find((entry) => entry !== '' && !entry.startsWith('sha256:'));
}

/** All events before the first retry: a retry removes its event from the list. */
async function collect(events: AsyncIterable<FailedEvent>, { reason, limit }: RedriveOptions) {
  const found: Map<string, FailedEvent> = new Map();
  for await (const event of events) {
    if (found.size >= limit) break;
    if (reason === undefined || event.reason?.includes(reason)) found.set(event.uuid, event);
  }
  return [...found.values()];
}

async function list(failed: FailedEvent[], api: ReturnType<typeof operatorApi>) {
  for (const { uuid, reason } of failed) say(inert(`${uuid}  ${reason ?? ''}`));
  let stray = 0;
  for await (const { topic, partition, offset, condition, reason } of api.strayDeadLetters()) {
    say(inert(`${topic} ${partition} @ ${offset}  ${condition}: ${reason}`));
    stray += 1;
  }
  say(`${failed.length} FAILED, ${stray} dead letters without an event (these cannot be retried)`);
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
  say(`${counts.retried} retried, ${counts['not-failed']} no longer FAILED or erased, ${counts.refused} refused`);
  return counts.refused === 0 ? 0 : 1;
}
