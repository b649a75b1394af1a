import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OauthbearerProviderResponse } from 'kafkajs';
import { afterAll, expect, test } from 'vitest';
import type { Sasl } from '../../src/config/security.ts';
import { toKafkajsSasl } from '../../src/kafka/kafka-client.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-login-'));
const home = process.cwd();
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

function tokenOf(sasl: Sasl): Promise<OauthbearerProviderResponse> {
  const login = toKafkajsSasl(sasl);
  if (login === undefined || !('oauthBearerProvider' in login)) throw new Error('not OAUTHBEARER');
  return login.oauthBearerProvider();
}

test('a user and a password are handed on', () => {
  const sasl = { mechanism: 'scram-sha-512', username: 'u', password: 'p' } as const;
  expect(toKafkajsSasl(sasl)).toEqual(sasl);
});

test('a token is fetched with client credentials, at each login', async () => {
  const requests: { authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => {
      body += data.toString();
    });
    request.on('end', () => {
      requests.push({ authorization: request.headers.authorization, body });
      response.writeHead(requests.length < 3 ? 200 : 401).end(JSON.stringify({ access_token: `t${requests.length}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/token`;
  const source = { kind: 'client-credentials', url, clientId: 'id', clientSecret: 'secret', scope: 'kafka' } as const;
  const sasl = { mechanism: 'oauthbearer', source } as const;

  expect(await tokenOf(sasl)).toEqual({ value: 't1' });
  expect(await tokenOf(sasl)).toEqual({ value: 't2' });
  await expect(tokenOf(sasl)).rejects.toThrow(`${url} answered 401 instead of a token`);

  const authorization = `Basic ${Buffer.from('id:secret').toString('base64')}`;
  expect(requests[0]).toEqual({ authorization, body: 'grant_type=client_credentials&scope=kafka' });
  server.closeAllConnections();
  server.close();
});

test.each([
  ['a text', "export default async () => 'token'"],
  ['kafkajs’ own form', "export default () => ({ value: 'token' })"],
])('a token comes from a module that returns %s', async (name, code) => {
  const file = path.join(folder, `${name.length}.mjs`);
  writeFileSync(file, code);
  const sasl = { mechanism: 'oauthbearer', source: { kind: 'module', path: file } } as const;
  expect(await tokenOf(sasl)).toEqual({ value: 'token' });
});

test('MSK IAM signs with the package of the project, and says so where it is missing', async () => {
  process.chdir(folder);
  const sasl = { mechanism: 'aws-msk-iam', region: 'eu-west-1' } as const;
  await expect(tokenOf(sasl)).rejects.toThrow('Run npm install --save-dev aws-msk-iam-sasl-signer-js');

  // Replaces the real package, which needs AWS credentials.
  const signer = path.join(folder, 'node_modules/aws-msk-iam-sasl-signer-js');
  mkdirSync(signer, { recursive: true });
  writeFileSync(path.join(signer, 'package.json'), '{"main":"index.js"}');
  const code = 'exports.generateAuthToken = async ({ region }) => ({ token: "for " + region, expiryTime: 0 });';
  writeFileSync(path.join(signer, 'index.js'), code);

  expect(await tokenOf(sasl)).toEqual({ value: 'for eu-west-1' });
});
