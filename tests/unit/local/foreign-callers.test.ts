import { describe, expect, it } from 'vitest';
import { whyRefused } from '#tools/local/offline/foreign-callers.ts';

const loopback = { listen: '127.0.0.1', origins: '' };
const everywhere = { listen: '0.0.0.0', origins: '' };
const listed = { listen: '0.0.0.0', origins: 'https://app.example' };

describe('whyRefused', () => {
  it.each([
    ['the listen address', { host: '192.0.2.7:8081' }, { listen: '192.0.2.7', origins: '' }, undefined],
    ['another address', { host: '192.0.2.8:8081' }, { listen: '192.0.2.7', origins: '' }, 'Host'],
    ['an address at a wildcard', { host: '192.0.2.7:8081' }, everywhere, undefined],
    ["a container's name at a wildcard", { host: 'app:8081' }, everywhere, undefined],
    ["a container's name at loopback", { host: 'app:8081' }, loopback, 'Host'],
    ['a domain at a wildcard', { host: 'rebound.example' }, everywhere, 'Host'],
    ['the host of a listed origin', { host: 'app.example' }, listed, undefined],
    ['a listed origin', { host: '127.0.0.1:8081', origin: 'https://app.example' }, listed, undefined],
    ['an origin that is not listed', { host: '127.0.0.1:8081', origin: 'https://b.example' }, listed, 'Origin'],
    [
      'anything for *',
      { host: 'b.example', origin: 'https://c.example' },
      { listen: '127.0.0.1', origins: '*' },
      undefined,
    ],
    ['no host', {}, loopback, undefined],
    ['an empty host', { host: '' }, loopback, 'Host'],
    ['an own page', { host: 'localhost:8081', origin: 'http://localhost:8081' }, loopback, undefined],
    ['a page of another port', { host: 'localhost:8081', origin: 'http://localhost:3000' }, loopback, 'Origin'],
  ] as const)('%s', (_case, caller, allowed, expected) => {
    expect(whyRefused({ host: undefined, origin: undefined, ...caller }, allowed)).toBe(expected);
  });
});
