import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { errorResponse } from '#shared/http/error-response.ts';
import { codeVersions } from '#shared/runtime/code-version.ts';
import { loadedVersions, retire } from '#tools/local/offline/code-versions.ts';
import { errorFor, isHandlerFailure } from '#tools/local/offline/error-response.ts';
import { handlerIn } from '#tools/local/offline/hot-reload.ts';
import { readBounded } from '#tools/local/offline/request-body.ts';
import { scheduledFunctions } from '#tools/local/offline/schedules.ts';

describe('errorFor', () => {
  it.each([
    [404, 'NOT_FOUND', 404],
    [413, 'PAYLOAD_TOO_LARGE', 413],
    [422, 'BAD_REQUEST', 400],
    [502, 'INTERNAL', 500],
  ])('answers %i with %s', (given, code, status) => {
    const { statusCode, body } = errorResponse(errorFor(given), 'a'.repeat(32));
    expect(statusCode).toBe(status);
    expect(JSON.parse(body ?? '')).toMatchObject({ code, status, traceId: 'a'.repeat(32) });
  });
});

describe('isHandlerFailure', () => {
  it.each([
    ['{"errorMessage":"x","errorType":"Error","stackTrace":["at y"]}', true],
    [{ errorMessage: 'x', stackTrace: null }, true],
    ['{"errorMessage":"a user may say this"}', false],
    ['{"errorMessage":', false],
    [null, false],
  ])('%o: %s', (source, expected) => expect(isHandlerFailure(source)).toBe(expected));
});

describe('readBounded', () => {
  it('returns all of a short body', async () => {
    const stream = new PassThrough();
    stream.end('hello');
    expect((await readBounded(stream, 10)).toString()).toBe('hello');
  });
  it('cuts a long body without waiting for its end', async () => {
    const stream = new PassThrough();
    stream.write('hello');
    expect((await readBounded(stream, 3)).toString()).toBe('hel');
  });
});

describe('scheduledFunctions', () => {
  it('omits disabled schedules', () => {
    const define = (name: string, schedule: unknown) => ({ handler: 'h', name, events: [{ schedule }] });
    const functions = {
      a: define('a', 'rate(1 minute)'),
      b: define('b', { rate: 'rate(1 minute)', enabled: false }),
      c: { handler: 'h', name: 'c', events: [{ httpApi: '*' }] },
      d: { handler: 'h', name: 'd' },
    };
    expect(scheduledFunctions(functions)).toEqual(['a']);
  });
});

describe('handlerIn', () => {
  it('moves a handler to another output', () => {
    expect(handlerIn('dist/functions/users/create.handler', 'dist/.hot/1-2')).toBe(
      'dist/.hot/1-2/functions/users/create.handler',
    );
  });
});

describe('retire', () => {
  it('stops a version, waits for its invocations, closes and removes it', async () => {
    const steps: string[] = [];
    let inFlight = 2;
    const version = {
      stop: () => void steps.push('stop'),
      inFlight: () => {
        steps.push(`in flight ${inFlight}`);
        return inFlight--;
      },
      close: async () => void steps.push('close'),
    };
    codeVersions().splice(0, Infinity, version);
    await retire(loadedVersions(), { waitMs: 1000 });
    expect(steps).toEqual(['stop', 'in flight 2', 'in flight 1', 'in flight 0', 'close']);
    expect(loadedVersions()).toEqual([]);
  });
});
