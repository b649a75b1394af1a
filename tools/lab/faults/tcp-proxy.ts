import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Address, Change } from './kafka-addresses.ts';
import { cutAfterBytes, cutAfterText } from './tcp-cut.ts';
import { createDirection } from './tcp-direction.ts';

/**
 * How the proxy treats connections, open and new ones.
 * - `pass`: bytes go through.
 * - `refuse`: the port is closed and open connections end.
 * - `reset`: connections are reset as soon as they are accepted.
 * - `silent`: connections are accepted and stay open; no byte and no end goes through until the mode changes.
 * - `slow`: every chunk arrives late.
 * - `cut`: a connection ends in the middle, as its rule says.
 */
export type ProxyMode = 'pass' | 'refuse' | 'reset' | 'silent' | 'slow' | 'cut';

/**
 * Where a connection is cut: after a number of bytes, or after a text, that the client or the server sends. What precedes the
 * cut is still delivered.
 */
export type CutRule = { of: 'client' | 'server'; bytes: number } | { of: 'client' | 'server'; text: string };

export interface TcpProxy {
  port: number;
  set: (mode: ProxyMode, rule?: CutRule) => Promise<void>;
  /** how many connections are open */
  countOpen: () => number;
  /** open connections stay silent for good, new ones work: what a frozen function finds when it resumes */
  forget: () => void;
  stop: () => Promise<void>;
}

type Pair = { client: Socket; server: Socket; isForgotten: boolean; resume: () => void };

function cutter(rule: CutRule | undefined) {
  if (rule === undefined) return undefined;
  return 'bytes' in rule ? cutAfterBytes(rule.bytes) : cutAfterText(rule.text);
}

/**
 * A TCP proxy in front of a server, for the faults that a refused connection does not show.
 * @param options port: outside the range of outgoing connections, so that it stays free while the proxy refuses; newChange:
 * changes what one connection carries
 */
export async function startTcpProxy(
  target: Address,
  slowMs: number = 100,
  { port: wantedPort = 0, newChange }: { port?: number; newChange?: () => Change } = {},
): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass';
  let rule: CutRule | undefined;
  const pairs: Set<Pair> = new Set();

  const accept = (client: Socket) => {
    if (mode === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...target, allowHalfOpen: true });
    const pair: Pair = { client, server, isForgotten: false, resume: () => {} };
    const change = newChange?.();
    const rulesOf = (side: 'client' | 'server') => ({
      isForgotten: () => pair.isForgotten,
      isHeld: () => pair.isForgotten || mode === 'silent',
      delayMs: () => (mode === 'slow' ? slowMs : 0),
      changed: change?.[side] ?? ((chunk: Buffer) => chunk),
      newCut: () => (mode === 'cut' && rule?.of === side ? cutter(rule) : undefined),
      rule: () => (mode === 'cut' ? rule : undefined),
      onCut: () => {
        // The server must still read what preceded the cut: a reset could discard it.
        upwards.drop();
        downwards.drop();
        client.resetAndDestroy();
        server.end();
      },
      onClosed: () => {
        if (client.destroyed && server.destroyed) pairs.delete(pair);
      },
    });
    const upwards = createDirection(client, server, rulesOf('client'));
    const downwards = createDirection(server, client, rulesOf('server'));
    pair.resume = () => {
      upwards.pump();
      downwards.pump();
    };
    pairs.add(pair);
  };

  let listener: Server | undefined;
  const listen = async (port: number) => {
    const opened = createServer({ allowHalfOpen: true }, accept).listen(port, '127.0.0.1');
    listener = opened;
    await once(opened, 'listening');
    const address = opened.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const close = async () => {
    const closing = listener;
    listener = undefined;
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
    if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
  };

  const port = await listen(wantedPort);
  return {
    port,
    async set(next, nextRule) {
      mode = next;
      rule = nextRule;
      if (next === 'refuse') return close();
      if (next === 'reset') for (const { client } of pairs) client.resetAndDestroy();
      if (listener === undefined) await listen(port);
      for (const { resume } of pairs) resume();
    },
    countOpen: () => pairs.size,
    forget() {
      for (const pair of pairs) pair.isForgotten = true;
    },
    stop: close,
  };
}

/** The same URL with the proxy in place of the server. */
export function throughProxy(url: string, proxy: Pick<TcpProxy, 'port'>) {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
}

/** A proxy in front of the server that a URL names. */
export function startProxyTo(url: string, slowMs?: number) {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port) }, slowMs);
}
