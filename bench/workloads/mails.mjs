import { percentile } from '#tests/chaos/percentile.mjs';
import { alternate, figureFrom } from '../alternate.mjs';
import { sharedNow } from '../clock.mjs';
import { pacedCalls } from '../http-load.mjs';
import { addressOf, newTag, registration } from '../people.mjs';
import { nodemailerAlone } from '../raw/mail.mjs';
import { eventMessage, withProducer } from '../raw/produce.mjs';
import { mailLimitMs, settling } from '../settle.mjs';
import { localSystemsOf } from './workload.mjs';

const produceBatch = 500;
const pacedPerSecond = 20;

/**
 * @typedef {import('../system/system.mjs').System} System
 * @typedef {import('../laboratory.mjs').Laboratory} Laboratory
 */

/**
 * Puts events onto the topic at once, and waits for the last mail.
 * @param {Laboratory} laboratory
 * @param {System} system
 * @param {number} count
 */
const drain = async ({ servers: { urls, sink } }, { sendTopic = '' }, count) => {
  const tag = newTag();
  const messages = Array.from({ length: count }, (_, index) => eventMessage(addressOf(tag, index)));
  const arriving = await sink.expect(tag, count);
  return withProducer(urls['KAFKA_BROKERS'] ?? '', async (send) => {
    const started = sharedNow();
    for (let at = 0; at < count; at += produceBatch) await send(sendTopic, messages.slice(at, at + produceBatch));
    const { at } = await arriving(mailLimitMs);
    return { 'per second': (count / (Math.max(...at.values()) - started)) * 1000 };
  });
};

/** @type {import('./workload.mjs').Workload} */
export const backlog = {
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

/**
 * @param {Laboratory} laboratory
 * @param {System} system
 * @param {number} count
 */
const timeToMail = async (laboratory, system, count) => {
  const tag = newTag();
  /** @type {number[]} */
  const startedAt = [];
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
};

/** @type {import('./workload.mjs').Workload} */
export const latency = {
  place: 'mails',
  async measure(laboratory) {
    const { pacedPosts } = laboratory.sizes;
    const contenders = (await localSystemsOf(laboratory)).map((system) => ({
      name: system.name,
      warm: () => timeToMail(laboratory, system, Math.ceil(pacedPosts / 4)),
      run: () => timeToMail(laboratory, system, pacedPosts),
    }));
    const results = await alternate(contenders, laboratory);
    const figure = (/** @type {string} */ measure, /** @type {number} */ atMost) =>
      figureFrom(results, {
        measure,
        title: `POST → mail at ${pacedPerSecond}/s, ${measure}`,
        unit: 'ms',
        goals: { peer: { of: 'ratio', atMost } },
      });
    return [figure('p50', 1.25), figure('p99', 1)];
  },
};
