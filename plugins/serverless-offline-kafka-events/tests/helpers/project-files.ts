/** Start of every handler file: handlers record their start, their end and their event. */
const PRELUDE = `
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';

const folder = process.env.PROJECT_FOLDER ?? process.cwd();
const code = 1;
const counts = new Map();

function note(name, phase, event) {
  appendFileSync(path.join(folder, 'calls.jsonl'), JSON.stringify({ function: name, phase, at: Date.now(), code, event }) + '\\n');
}

const name = (context) => context.functionName.split('-').pop();
const values = (event) => Object.entries(event.records).flatMap(([partition, records]) =>
  records.map((record) => ({ partition, offset: record.offset, text: Buffer.from(record.value ?? '', 'base64').toString() })));

function recorded(run) {
  return async (event, context) => {
    const key = name(context);
    note(key, 'start', event);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    const result = await run(event, counts.get(key));
    note(key, 'end', event);
    return result;
  };
}
`;

/** The handlers of the tested projects. */
export const HANDLERS = `${PRELUDE}
export const echo = recorded(async () => 'done');
/** Records sizes only. */
export async function weigh(event, context) {
  const light = Object.fromEntries(Object.entries(event.records).map(([key, records]) => [key, records.map(({ offset }) => ({ offset }))]));
  const bytes = Buffer.byteLength(JSON.stringify(event));
  appendFileSync('calls.jsonl', JSON.stringify({ function: name(context), phase: 'start', at: Date.now(), code, bytes, event: { records: light } }) + '\\n');
}
/** Waits for the gate, then records offsets only. */
export async function gatedOffsets(event, context) {
  const light = Object.fromEntries(Object.entries(event.records).map(([key, records]) => [key, records.map(({ offset }) => ({ offset }))]));
  while (!existsSync(path.join(folder, 'gate'))) await sleep(20);
  note(name(context), 'end', { records: light });
}
export const slow = recorded(() => sleep(150));
export const failTwice = recorded(async (_event, count) => { if (count <= 2) throw new Error('not yet'); });
export const poison = recorded(async (event) => { if (values(event).some(({ text }) => text.startsWith('poison'))) throw new Error('poison'); });
export const partial = recorded(async (event, count) => ({
  batchItemFailures: values(event).filter(({ text }) => text === 'later' && count <= 2).map(({ partition, offset }) => ({ itemIdentifier: { partition, offset } })),
}));
export const reportPoison = recorded(async (event) => ({
  batchItemFailures: values(event).filter(({ text }) => text === 'poison').map(({ partition, offset }) => ({ itemIdentifier: { partition, offset } })),
}));
export const malformed = recorded(async (event, count) => (count <= 1 ? { batchItemFailures: [{ itemIdentifier: 'x' }] } : {}));
export const overtime = recorded((_event, count) => (count === 1 ? sleep(1_600) : undefined));
export const forever = recorded(() => new Promise(() => {}));
export const gated = recorded(async () => { while (!existsSync(path.join(folder, 'gate'))) await sleep(20); });
`;

/** Handlers that misbehave at their first batch. */
export const MISBEHAVING = `${PRELUDE}
function first() {
  const mark = path.join(folder, 'misbehaved');
  if (existsSync(mark)) return false;
  appendFileSync(mark, '');
  return true;
}
const later = (error) => setTimeout(() => { throw error; }, 20);

export const exits = recorded(async () => { if (first()) process.exit(3); });
export const rejectsUnhandled = recorded(async () => { if (first()) { Promise.reject(new Error('nobody catches this')); await sleep(5_000); } });
export const throwsInTimer = recorded(async () => { if (first()) { later(new Error('nobody catches this')); await sleep(5_000); } });
export const throwsLate = recorded(async () => { if (first()) later(new Error('too late')); else await sleep(100); });
export const tooSlow = recorded(async () => { if (first()) await sleep(3_600); });
export const muchTooSlow = recorded(async () => { if (first()) await sleep(20_000); });
const throwsOnce = (thrown) => recorded(async () => { if (first()) throw thrown; });
export const throwsText = throwsOnce('only text');
export const throwsNothing = throwsOnce(undefined);
export const rejectsWithObject = recorded(() => (first() ? Promise.reject({ code: 'E_OBJECT' }) : undefined));
export const callsBackText = (event, context, callback) => { recorded(async () => {})(event, context).then(() => callback(first() ? 'only text' : null)); };
export const returnsFunction = recorded(async () => () => 'a function');
export const seesOptions = recorded(async () => { appendFileSync(path.join(folder, 'options'), JSON.stringify(process.env.NODE_OPTIONS ?? null)); });

const identified = (partition, offset) => ({ batchItemFailures: [{ itemIdentifier: { partition, offset } }] });
export const rubbish = recorded(async (event, count) => {
  const [{ partition, offset }] = values(event);
  const kinds = ['text', 5, { batchItemFailures: 'all' }, { batchItemFailures: [{ itemIdentifier: partition }] }, identified(partition, String(offset)), identified(partition, offset + 1_000)];
  return kinds[count - 1] ?? { batchItemFailures: [] };
});
export const notJson = recorded(async (_event, count) => {
  const circular = {};
  circular.self = circular;
  return [{ count: 1n }, circular][count - 1];
});
`;

/** `echo` as CommonJS. */
export const COMMONJS = `
const { appendFileSync } = require('node:fs');
exports.echo = async (event, context) => {
  const name = context.functionName.split('-').pop();
  for (const phase of ['start', 'end']) appendFileSync('calls.jsonl', JSON.stringify({ function: name, phase, at: Date.now(), code: 1, event }) + '\\n');
};
`;

/** Acts as a source watcher after a rebuild. */
export const RELOAD_PLUGIN = `
const { existsSync, unlinkSync, writeFileSync } = require('node:fs');
module.exports = class {
  constructor(serverless) {
    const timer = setInterval(async () => {
      if (!existsSync('reload')) return;
      unlinkSync('reload');
      for (const key of serverless.service.getAllFunctions()) {
        const definition = serverless.service.getFunction(key);
        if (existsSync('handler2.js')) definition.handler = definition.handler.replace(/^handler\\d?/, 'handler2');
      }
      await serverless.pluginManager.spawn('offline:functionsUpdated');
      writeFileSync('reloaded', '');
    }, 20);
    timer.unref();
    this.hooks = {};
  }
};
`;
