import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { iamToken } from '#shared/kafka/iam-token.ts';

/** Made by aws-msk-iam-sasl-signer-js 1.0.3 with these credentials at this time. */
const EXPECTED =
  'https://kafka.eu-central-1.amazonaws.com/?Action=kafka-cluster%3AConnect&User-Agent=aws-msk-iam-sasl-signer-js%2F1.0.3&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260131%2Feu-central-1%2Fkafka-cluster%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=900&X-Amz-Security-Token=session%2Ftoken%2B%3D&X-Amz-Signature=f77c51e94073608b44c165c8fbe5cb5289b67fbac49a94a44ca28fd32dd8eb6b&X-Amz-SignedHeaders=host';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 31, 12), toFake: ['Date'] });
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'session/token+=');
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

it("makes the token of Amazon's signer", async () => {
  const { value } = await iamToken();

  const made = new URL(Buffer.from(value, 'base64url').toString());
  const expected = new URL(EXPECTED);
  for (const { searchParams } of [made, expected]) {
    searchParams.delete('User-Agent');
    searchParams.sort();
  }
  expect(made.href).toBe(expected.href);
  expect(value).not.toMatch(/[+/=]/);
});
