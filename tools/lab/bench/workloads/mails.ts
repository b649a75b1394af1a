import { addressOf, newTag } from '../../load/registrations.ts';
import { registerSteadily } from '../../load/steady.ts';
import { percentilesOf } from '../../statistics.ts';
import { withProducer } from '../../systems/kafka.ts';
import { awaitMails, sharedNow } from '../../systems/mail-journal.ts';
import type { System } from '../../systems/system.ts';
import { alternate, compareRates, figureFrom, withCpu } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';
import { eventMessage, produceAlone } from '../raw/clients.ts';
import { smtpConnectionAlone } from '../raw/mail.ts';
import { localSystemsOf, mailLimitMs, settling, type Workload } from './workload.ts';

const produceBatch = 500;
/** Confirmations are published in groups of the mails that were sent. */
const confirmationBatch = 50;
const pacedPerSecond = 20;

/** Publishes all events at once and waits for the last mail. */
async function drain({ servers: { urls, mails } }: Laboratory, { sendTopic = '' }: System, count: number) {
  const tag = newTag();
  const messages = Array.from({ length: count }, (_, index) => eventMessage(addressOf(tag, index)));
  return withProducer(urls['KAFKA_BROKERS'] ?? '', async (send) => {
    const started = sharedNow();
    for (let at = 0; at < count; at += produceBatch) await send(sendTopic, messages.slice(at, at + produceBatch));
    const { at } = await awaitMails(mails, { tag, count, limitMs: mailLimitMs });
    return { 'per second': (count / (Math.max(...at.values()) - started)) * 1000 };
  });
}

export const backlog: Workload = {
  place: 'mails',
  async measure(laboratory) {
    const { backlog: count, warmBacklog: warm } = laboratory.sizes;
    const contenders = (await localSystemsOf(laboratory)).map((system) => ({
      name: system.name,
      warm: () => drain(laboratory, system, warm),
      run: () => withCpu(count, () => drain(laboratory, system, count), system.pids),
    }));
    const raw = [
      smtpConnectionAlone(laboratory.servers, { count, warm }),
      produceAlone(laboratory.servers, { count, batch: confirmationBatch }),
    ];
    const goals = {
      peer: { of: 'ratio', atLeast: 5 },
      'SMTPConnection alone': { of: 'ratio', atLeast: 0.6 },
    } as const;
    const parts = { 'SMTPConnection alone': 1, [`kafkajs alone, ${confirmationBatch} a batch`]: 1 };
    const title = `mails of a backlog of ${count} events`;
    return compareRates([...contenders, ...raw], laboratory, title, goals, { parts, atLeast: 0.5 });
  },
};

async function timeToMail(laboratory: Laboratory, system: System, count: number) {
  const tag = newTag();
  const startedAt: number[] = [];
  const { arrived } = await settling(laboratory, system, { tag, count }, () =>
    registerSteadily(system.base, {
      tag,
      count,
      perSecond: pacedPerSecond,
      onStart: (index) => {
        startedAt[index] = sharedNow();
      },
    }),
  );
  const times = startedAt.flatMap((started, index) => {
    const at = arrived?.at.get(addressOf(tag, index));
    return at === undefined ? [] : [at - started];
  });
  return percentilesOf('', times);
}

export const latency: Workload = {
  place: 'mails',
  async measure(laboratory) {
    const { pacedPosts } = laboratory.sizes;
    const contenders = (await localSystemsOf(laboratory)).map((system) => ({
      name: system.name,
      warm: () => timeToMail(laboratory, system, Math.ceil(pacedPosts / 4)),
      run: () => timeToMail(laboratory, system, pacedPosts),
    }));
    const results = await alternate(contenders, laboratory);
    const figure = (measure: string, atMost: number) =>
      figureFrom(results, {
        measure,
        title: `POST → mail at ${pacedPerSecond}/s, ${measure}`,
        unit: 'ms',
        goals: { peer: { of: 'ratio', atMost } },
      });
    return [figure('p50', 1), figure('p99', 1)];
  },
};
