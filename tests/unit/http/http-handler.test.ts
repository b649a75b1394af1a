import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { text } from '#shared/http/response.ts';
import { currentTrace } from '#shared/observability/trace-context.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('httpHandler', () => {
  it.each([
    ['an Error', new Error('bug'), 500],
    ['a text', 'bug', 500],
    ['nothing', undefined, 500],
    ['an AppError', new AppError('NOT_FOUND', 'gone'), 404],
  ])('returns an error response when %s is thrown', async (_, thrown, status) => {
    const { status: answered, error } = await invoke(
      httpHandler(async () => {
        throw thrown;
      }),
      httpEvent(),
    );

    expect(answered).toBe(status);
    expect(error.status).toBe(status);
  });

  it('returns an error response when the endpoint throws synchronously', async () => {
    const { status } = await invoke(
      httpHandler(() => {
        throw new Error('at once');
      }),
      httpEvent(),
    );

    expect(status).toBe(500);
  });

  it("continues the caller's trace", async () => {
    const handler = httpHandler(async () => text(currentTrace()?.traceId ?? ''));

    const { body } = await invoke(handler, httpEvent({ headers: { Traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } }));

    expect(body).toBe(TRACE);
  });

  it.each([{}, { traceparent: 'garbage' }, { traceparent: 5 as unknown as string }, { traceparent: undefined }])(
    'starts a trace when the headers are %j',
    async (headers) => {
      const handler = httpHandler(async () => text(currentTrace()?.traceId ?? ''));

      const { body } = await invoke(handler, httpEvent({ headers }));

      expect(body).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it('keeps the traces of concurrent calls apart', async () => {
    const handler = httpHandler(async () => {
      const before = currentTrace()?.traceId;
      await Promise.resolve();
      return text(String(before === currentTrace()?.traceId));
    });

    const answers = await Promise.all(Array.from({ length: 20 }, () => invoke(handler, httpEvent())));

    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['true']));
  });

  it('logs neither the body nor the token of a failed call', async () => {
    const lines: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    }
    const handler = httpHandler(async () => {
      throw new Error('bug');
    });

    await handler(
      httpEvent({ body: '{"password":"hunter22"}', headers: { authorization: 'Bearer hunter22' } }),
      {} as never,
    );

    expect(lines.join('\n')).toContain('Request failed');
    expect(lines.join('\n')).not.toContain('hunter22');
  });
});
