import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How the proxy treats connections, present and new ones.
 * - `pass`: bytes go through.
 * - `refuse`: nobody listens; open connections end.
 * - `reset`: connections are reset as soon as they are accepted.
 * - `silent`: connections are accepted and stay open, no byte goes through.
 * - `slow`: every chunk arrives late.
 */
export type ProxyMode = 'pass' | 'refuse' | 'reset' | 'silent' | 'slow';

export interface TcpProxy {
  readonly port: number;
  set(mode: ProxyMode): Promise<void>;
  /** Open connections go silent for good, new ones work: what a frozen function finds when it wakes up. */
  forget(): void;
  stop(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isForgotten: boolean;
}

/** A TCP proxy in front of a server, for the faults that a refused connection does not show. */
export const startTcpProxy = async (target: { host: string; port: number }, slowMs = 100): Promise<TcpProxy> => {
  let mode: ProxyMode = 'pass';
  const pairs = new Set<Pair>();

  const forward = (pair: Pair, from: Socket, to: Socket): void => {
    const held: Buffer[] = [];
    const flush = (): void => {
      if (pair.isForgotten || mode === 'silent' || to.destroyed) return;
      for (const chunk of held.splice(0)) to.write(chunk);
    };
    from.on('data', (chunk: Buffer) => {
      held.push(chunk);
      if (mode === 'slow') setTimeout(flush, slowMs);
      else flush();
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      to.destroy();
      pairs.delete(pair);
    });
    resumed.add(flush);
    from.on('close', () => resumed.delete(flush));
  };

  const resumed = new Set<() => void>();

  const accept = (client: Socket): void => {
    if (mode === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect(target);
    const pair: Pair = { client, server, isForgotten: false };
    pairs.add(pair);
    forward(pair, client, server);
    forward(pair, server, client);
  };

  let listener: Server | undefined;
  const listen = async (port: number): Promise<number> => {
    listener = createServer(accept).listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    const closing = listener;
    listener = undefined;
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    if (closing !== undefined) await new Promise<void>((resolve) => closing.close(() => resolve()));
  };

  const port = await listen(0);
  return {
    port,
    async set(next) {
      mode = next;
      if (next === 'refuse') return close();
      if (next === 'reset') for (const { client } of pairs) client.resetAndDestroy();
      if (listener === undefined) await listen(port);
      for (const resume of resumed) resume();
    },
    forget() {
      for (const pair of pairs) pair.isForgotten = true;
    },
    stop: close,
  };
};

/** The same URL with the proxy in the place of the server. */
export const throughProxy = (url: string, proxy: Pick<TcpProxy, 'port'>): string => {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
};

/** A proxy in front of the server that a URL names. */
export const startProxyTo = (url: string, slowMs?: number): Promise<TcpProxy> => {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port) }, slowMs);
};
