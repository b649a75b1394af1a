import { percentile } from '../../chaos/percentile.ts';
import { alternate, figureFrom } from '../alternate.ts';
import { sharedNow } from '../clock.ts';
import { pacedCalls } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { addressOf, newTag, registration } from '../people.ts';
import { nodemailerAlone } from '../raw/mail.ts';
import { eventMessage, withProducer } from '../raw/produce.ts';
import { mailLimitMs, settling } from '../settle.ts';
import type { System } from '../system/system.ts';
import { localSystemsOf, type Workload } from './workload.ts';

const produceBatch = 500;
const pacedPerSecond = 20;

/** Puts events onto the topic at once, and waits for the last mail. */
async function drain({ servers: { urls, sink } }: Laboratory, { sendTopic = '' }: System, count: number) {
  const tag = newTag();
  const messages = Array.from({ length: count }, (_, index) => eventMessage(addressOf(tag, index)));
  const arriving = await sink.expect(tag, count);
  return withProducer(urls['KAFKA_BROKERS'] ?? '', async (send) => {
    const started = sharedNow();
    for (let at = 0; at < count; at += produceBatch) await send(sendTopic, messages.slice(at, at + produceBatch));
    const { at } = await arriving(mailLimitMs);
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
      run: () => drain(laboratory, system, count),
    }));
    const results = await alternate([...contenders, nodemailerAlone(laboratory.servers, { count, warm })], laboratory);
    return [
      figureFrom(results, {
        measure: 'per second',
        title: `mails of a backlog of ${count} events`,
        unit: '/s',
        goals: { peer: { of: 'ratio', atLeast: 5 }, 'nodemailer alone': { of: 'ratio', atLeast: 0.4 } },
      }),
    ];
  },
};

async function timeToMail(laboratory: Laboratory, system: System, count: number) {
  const tag = newTag();
  const startedAt: number[] = [];
  const { arrived } = await settling(laboratory, system, { tag, count }, () =>
    pacedCalls(system.base, {
      count,
      everyMs: 1000 / pacedPerSecond,
      call: (index) => registration(tag, index),
      onStart: (index) => {
        startedAt[index] = sharedNow();
      },
    }),
  );
  const times = startedAt.flatMap((started, index) => {
    const at = arrived?.at.get(addressOf(tag, index));
    return at === undefined ? [] : [at - started];
  });
  return { p50: percentile(times, 0.5) ?? Number.NaN, p99: percentile(times, 0.99) ?? Number.NaN };
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
    return [figure('p50', 1.25), figure('p99', 1)];
  },
};
