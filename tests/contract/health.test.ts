import { describe, expect, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';

interface Health {
  readonly status: string;
  readonly dependencies: Readonly<Record<string, { readonly status: string; readonly latencyMs: number }>>;
}

describe('GET /health/live', () => {
  it.each(['/health/live', '/health/live/'])('returns 200 at %s', async (path) => {
    const answer = await call('GET', path);

    expect(answer).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('GET /health/ready', () => {
  it.each(['/health/ready', '/health/ready/'])('lists every dependency with its latency at %s', async (path) => {
    const answer = await call<Health>('GET', path);

    expect(answer).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(Object.keys(answer.body.dependencies).sort()).toEqual([
      'kafka',
      'mysqlNotifications',
      'mysqlUsers',
      'redis',
      'smtp',
    ]);
    for (const { status, latencyMs } of Object.values(answer.body.dependencies)) {
      expect(status).toBe('up');
      expect(latencyMs).toBeGreaterThanOrEqual(0);
    }
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('reveals no address', async () => {
    expect((await call('GET', '/health/ready')).text).not.toMatch(
      /127\.0\.0\.1|localhost|mysql:|redis:|smtp:|:\d{4,5}/,
    );
  });
});
