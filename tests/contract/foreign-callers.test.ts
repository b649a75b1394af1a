import { describe, expect, inject, it } from 'vitest';
import { sendRequest } from '#tests/helpers/send-request.ts';

const { baseUrl, emailUrl, invokeUrl } = inject('application');

/** Ends in an invocation of removeUser: what a web page could do with one `fetch`, which sends no preflight. */
const removal = {
  method: 'POST',
  path: '/2015-03-31/functions/registration-local-removeUser/invocations',
  body: JSON.stringify({ version: '2.0', headers: {}, pathParameters: { id: '1' }, requestContext: { http: {} } }),
};
const DOORS = [
  ['the API', baseUrl, { method: 'GET', path: '/health/live' }],
  ['the second port', emailUrl, { method: 'GET', path: '/health/live' }],
  ['the invoke port', invokeUrl, removal],
] as const;

const FOREIGN = [
  { host: 'rebound.example' },
  { host: 'rebound.example:8081' },
  { host: '127.0.0.1.rebound.example' },
  { host: 'localhost.rebound.example' },
  { host: '192.0.2.1' },
  { host: '[2001:db8::1]:8081' },
  { host: 'a@127.0.0.1' },
  { origin: 'https://page.example' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1:1' },
  { origin: 'http://127.0.0.1.page.example' },
];

describe.each(DOORS)('%s', (_door, url, request) => {
  it.each(FOREIGN)('refuses %o', async (headers) => {
    const answer = await sendRequest(url, { ...request, headers: { 'content-type': 'text/plain', ...headers } });

    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'FORBIDDEN', error: 'Forbidden!' });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('refuses the preflight of a page', async () => {
    const headers = { origin: 'https://page.example', 'access-control-request-method': 'POST' };
    const answer = await sendRequest(url, { method: 'OPTIONS', path: request.path, headers });

    expect(answer.status).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([{}, { host: 'localhost' }, { host: 'LocalHost:9' }, { host: '[::1]:9' }, { host: '127.0.0.2' }])(
    'serves a program that sends %o',
    async (headers) => {
      expect((await sendRequest(url, { ...request, headers })).status).toBe(200);
    },
  );

  it('serves its own pages', async () => {
    expect((await sendRequest(url, { ...request, headers: { origin: url } })).status).toBe(200);
  });
});
