import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isOperator } from '#shared/http/operator.ts';
import { signed, unsignedAmong } from '#shared/kafka/signature.ts';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { recordOf, testEvent } from '#tests/helpers/raw-records.ts';

const API_GATEWAY_MS = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'token-'));
const file = path.join(folder, 'token');
const secretFile = path.join(folder, 'secret');
const withdrawn = { headers: { authorization: 'Bearer the-withdrawn-token-of-an-operator' } };

beforeAll(() => {
  writeFileSync(file, 'the-withdrawn-token-of-an-operator');
  process.env['STAGE'] = 'prod';
  process.env['OPERATOR_TOKEN'] = `file:${file}`;
  process.env['MESSAGE_SECRET'] = `file:${secretFile}`;
  // The monotonic clock stands still, as in a frozen function.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

it('a withdrawn token is refused within 5 minutes, API Gateway’s cached answer included', async () => {
  expect(await isOperator(withdrawn)).toBe(true);
  writeFileSync(file, 'the-remaining-token-of-an-operator');

  vi.advanceTimersByTime(3 * 60 * 1000);
  expect(await isOperator(withdrawn)).toBe(true);
  vi.advanceTimersByTime(2 * 60 * 1000 - API_GATEWAY_MS);
  expect(await isOperator(withdrawn)).toBe(false);
});

it('messages signed with a withdrawn secret are refused within a day', async () => {
  const topic = 'user.email.send';
  writeFileSync(secretFile, 'the-withdrawn-secret-of-messages');
  const message = await signed(topic, toSendRequest({ ...testEvent(), traceparent: null }));
  const record = recordOf(message, { topic });
  expect(await unsignedAmong([record])).toEqual(new Set());
  writeFileSync(secretFile, 'the-remaining-secret-of-messages');

  vi.advanceTimersByTime(59 * 60 * 1000);
  expect(await unsignedAmong([record])).toEqual(new Set());
  vi.advanceTimersByTime(60 * 1000);
  expect(await unsignedAmong([record])).toEqual(new Set([record]));
});
