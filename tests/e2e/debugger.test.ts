import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { copyRepository } from '#tests/helpers/copy-repository.ts';
import { attachInspector, type Inspector } from '#tests/helpers/inspector.ts';
import { type RunningApplication, runApplication } from '#tests/helpers/run-application.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { newUser } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { freePorts } from '#tools/local/process/ports.ts';

const copy = copyRepository();
const httpHandler = path.join(copy, 'functions', 'diagnostics', 'response-data.ts');
const kafkaHandler = path.join(copy, 'functions', 'notifications', 'send-welcome-email.ts');
const mail = await startMailServer();
let application: RunningApplication;
let stop = async (): Promise<void> => undefined;
let inspector: Inspector;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  ({ application, stop } = await runApplication({ smtpUrl: mail.url, root: copy, args: [`--inspect=${port}`] }));
  // A handler is loaded by its first call.
  await get();
  await register();
  await waitFor(() => mail.mails.length === 1, { what: 'the first mail' });
  inspector = await attachInspector(port);
});

afterAll(async () => {
  inspector?.close();
  await stop();
  await mail.stop();
  rmSync(copy, { recursive: true, force: true });
});

beforeEach(() => {
  onTestFailed(() => console.error(readFileSync(application.logFile, 'utf8').slice(-3000)));
});

function get() {
  return sendRequest(application.baseUrl, { method: 'GET', path: '/tests/responsedata?id=7' });
}

function register() {
  return sendRequest(application.baseUrl, {
    method: 'POST',
    path: '/api/users/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(newUser()),
  });
}

/** The 0-based line of a text in a file. */
function lineOf(file: string, text: string): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
}

async function expectPauseAt(file: string, text: string, call: () => Promise<{ status: number }>, status: number) {
  await inspector.breakAt(file, text);
  const answer = call();
  expect(await inspector.paused()).toEqual({ file, line: lineOf(file, text) });
  expect((await answer).status).toBe(status);
}

describe('npm start -- --inspect', () => {
  it('stops at a line of a TypeScript source, in a handler of HTTP', async () => {
    await expectPauseAt(httpHandler, 'text(`', get, 200);
  });

  it('stops at a line of a TypeScript source, in a handler of Kafka', async () => {
    await expectPauseAt(kafkaHandler, 'notificationServices()', register, 201);
    await waitFor(() => mail.mails.length === 2, { what: 'the mail' });
  });

  it('stops there after a reload, too, where the line has moved', async () => {
    const before = { http: inspector.scriptsOf(httpHandler).length, kafka: inspector.scriptsOf(kafkaHandler).length };
    for (const file of [httpHandler, kafkaHandler])
      writeFileSync(file, `// A new line.\n${readFileSync(file, 'utf8')}`);
    await waitFor(() => readFileSync(application.logFile, 'utf8').includes('reloaded in'), { what: 'the reload' });
    await get();
    await register();
    await waitFor(() => mail.mails.length === 3, { what: 'the mail' });

    expect(inspector.scriptsOf(httpHandler).length).toBeGreaterThan(before.http);
    expect(inspector.scriptsOf(kafkaHandler).length).toBeGreaterThan(before.kafka);
    await expectPauseAt(httpHandler, 'text(`', get, 200);
    await expectPauseAt(kafkaHandler, 'notificationServices()', register, 201);
    await waitFor(() => mail.mails.length === 4, { what: 'the mail' });
  });
});
