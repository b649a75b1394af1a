import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isOperator } from '#shared/http/operator.ts';

const API_GATEWAY_MS = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), 'token-'));
const file = path.join(folder, 'token');
const withdrawn = { headers: { authorization: 'Bearer the-withdrawn-token-of-an-operator' } };

beforeAll(() => {
  writeFileSync(file, 'the-withdrawn-token-of-an-operator');
  process.env['STAGE'] = 'prod';
  process.env['OPERATOR_TOKEN'] = `file:${file}`;
  vi.useFakeTimers({ toFake: ['performance'] });
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
