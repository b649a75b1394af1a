import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createReplicas } from '#tools/container/replicas.ts';

const RESPONSE_LIMIT_MS = 200;

async function listen(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A gateway before replicas `a`, `b`, … that answer with their name and the body; a paused one accepts and never answers. */
async function gateway(...names: string[]) {
  const paused = new Set<string>();
  const ports = new Map<string, number>();
  for (const name of names) {
    const server = http.createServer((request, response) => {
      if (paused.has(name)) return;
      response.write(name);
      request.pipe(response);
    });
    ports.set(name, await listen(server));
  }
  const replicas = createReplicas(1, {
    find: async () => names,
    locate: (name) => ({ host: '127.0.0.1', port: ports.get(name) ?? 0 }),
    responseLimitMs: RESPONSE_LIMIT_MS,
  });
  await replicas.refresh();
  const port = await listen(http.createServer((request, response) => void replicas.forward(request, response, 1)));
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '!' });
    return answer.ok ? await answer.text() : answer.status;
  };
  return { replicas, paused, ports, ask };
}

describe('the gateway', () => {
  it('spreads requests over the replicas', async () => {
    const { ask } = await gateway('a', 'b', 'c');
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual(['a!', 'b!', 'c!', 'a!']);
  });

  it('skips a replica that cannot be reached', async () => {
    const { ask, ports } = await gateway('a', 'b');
    ports.set('a', 1);
    expect([await ask(), await ask()]).toEqual(['b!', 'b!']);
  });

  it('answers 503 for a replica that is paused, and asks it last until it answers again', async () => {
    const { replicas, paused, ask } = await gateway('a', 'b', 'c');
    paused.add('a');
    expect(await ask()).toBe(503);
    await replicas.refresh();
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual(['b!', 'c!', 'b!', 'c!']);

    paused.clear();
    await replicas.refresh();
    expect([await ask(), await ask(), await ask()].toSorted()).toEqual(['a!', 'b!', 'c!']);
  });

  it('answers 503 when no replica can be reached', async () => {
    const { ask, ports } = await gateway('a');
    ports.set('a', 1);
    expect(await ask()).toBe(503);
  });
});
