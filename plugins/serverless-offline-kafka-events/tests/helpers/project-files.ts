/** The handlers of the tested projects. Each writes down when it starts and ends, and what it got. */
export const HANDLERS = `
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

export const echo = recorded(async () => 'done');
export const slow = recorded(() => sleep(150));
export const failTwice = recorded(async (_event, count) => { if (count <= 2) throw new Error('not yet'); });
export const poison = recorded(async (event) => { if (values(event).some(({ text }) => text.startsWith('poison'))) throw new Error('poison'); });
export const partial = recorded(async (event, count) => ({
  batchItemFailures: values(event).filter(({ text }) => text === 'later' && count <= 2).map(({ partition, offset }) => ({ itemIdentifier: { partition, offset } })),
}));
export const malformed = recorded(async (event, count) => (count <= 1 ? { batchItemFailures: [{ itemIdentifier: 'x' }] } : {}));
export const overtime = recorded((_event, count) => (count === 1 ? sleep(1_400) : undefined));
export const forever = recorded(() => new Promise(() => {}));
export const gated = recorded(async () => { while (!existsSync(path.join(folder, 'gate'))) await sleep(20); });
`;

/** Does what a watcher of the sources does after a rebuild. */
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
