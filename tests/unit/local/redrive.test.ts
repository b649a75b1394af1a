import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main, redriveOptions } from '#tools/local/commands/redrive.ts';

describe('the options of npm run redrive', () => {
  it('select every FAILED event of the local system by default', () => {
    expect(redriveOptions([], {})).toEqual({
      baseUrl: 'http://127.0.0.1:8081',
      token: undefined,
      isList: false,
      reason: undefined,
      limit: Number.POSITIVE_INFINITY,
    });
  });

  it.each([
    ['secret-token', 'secret-token'],
    [`sha256:${'a'.repeat(64)},next-token,old-token`, 'next-token'],
    [`sha256:${'a'.repeat(64)}`, undefined],
    ['', undefined],
  ])('select from the tokens %j: %j', (OPERATOR_TOKEN, token) => {
    expect(redriveOptions([], { OPERATOR_TOKEN }).token).toBe(token);
  });

  it('are read from the arguments', () => {
    const args = ['--list', '--reason', '5.1.1', '--limit=20', '--url', 'https://api.example.com/'];

    expect(redriveOptions(args, { OPERATOR_TOKEN: 'secret-token' })).toEqual({
      baseUrl: 'https://api.example.com',
      token: 'secret-token',
      isList: true,
      reason: '5.1.1',
      limit: 20,
    });
  });

  it('read the address from the environment', () => {
    expect(redriveOptions([], { USERS_BASE_URL: 'http://10.0.0.7:80' }).baseUrl).toBe('http://10.0.0.7:80');
    expect(redriveOptions([], { HTTP_PORT: '9000' }).baseUrl).toBe('http://127.0.0.1:9000');
  });

  it.each([
    [['--limit', '0'], '--limit'],
    [['--limit', 'x'], '--limit'],
    [['--url', 'ftp://x'], '--url'],
    [['--all'], '--all'],
    [['everything'], 'everything'],
    [['--reason'], '--reason'],
  ])('are rejected by name: %j', (args, name) => {
    expect(() => redriveOptions(args, {})).toThrow(name);
  });

  it('name a malformed variable', () => {
    expect(() => redriveOptions([], { USERS_BASE_URL: 'nonsense' })).toThrow('USERS_BASE_URL');
  });
});

describe('npm run redrive -- --list', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('escapes what a terminal would obey', async () => {
    const attack = '\u001b]0;title\u0007\u202e';
    const [event, letter] = [
      { uuid: 'a', reason: attack },
      { topic: 't', partition: 0, offset: 1, condition: attack, reason: attack },
    ];
    const server = createServer(({ url }, response) => {
      response.end(JSON.stringify({ content: [url?.startsWith('/api/events') ? event : letter], totalPages: 1 }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const output: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => output.push(String(text)) > 0);

    const code = await main(['--list', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
    server.close();

    expect(code).toBe(0);
    expect(output.join('').split('\\u001b]0;title\\u0007\\u202e')).toHaveLength(4);
    expect(output.join('')).not.toContain('\u001b');
  });
});
