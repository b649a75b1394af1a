import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler } from '#functions/system/ready.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

const TOKEN = 'the-token-of-the-operators-of-the-tests';

/** A mail server that counts its connections. */
let connections = 0;
const mailServer = net.createServer((socket) => {
  connections += 1;
  socket.on('error', () => undefined).end('421 closing\r\n');
});

beforeAll(async () => {
  const port = await new Promise<number>((resolve) => {
    mailServer.listen(0, '127.0.0.1', () => {
      const address = mailServer.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  Object.assign(process.env, {
    STAGE: 'prod',
    OPERATOR_TOKEN: TOKEN,
    DATABASE_TLS: 'off',
    KAFKA_TLS: 'off',
    SMTP_URL: `smtp://127.0.0.1:${port}`,
  });
});
afterAll(() => new Promise((resolve) => mailServer.close(resolve)));

function ready(authorization?: string) {
  return invoke(handler, httpEvent({ headers: authorization === undefined ? {} : { authorization } }));
}

describe('GET /health/ready outside the local stage', () => {
  it.each([undefined, 'Bearer another-token-of-nobody'])('shows %j the status alone', async (authorization) => {
    expect(Object.keys((await ready(authorization)).body as object)).toEqual(['status']);
  });

  it('shows operators each dependency', async () => {
    expect((await ready(`Bearer ${TOKEN}`)).body).toMatchObject({ dependencies: { smtp: { status: 'down' } } });
  });

  it('probes once for a flood of calls', async () => {
    const before = connections;
    await Promise.all(Array.from({ length: 200 }, () => ready()));
    for (let count = 0; count < 20; count += 1) await ready();

    expect(connections - before).toBeLessThanOrEqual(2);
  });
});
