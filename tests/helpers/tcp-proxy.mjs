import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { cutAfterBytes, cutAfterText } from './tcp-cut.mjs';
import { createDirection } from './tcp-direction.mjs';

/**
 * How the proxy treats connections, present and new ones.
 * - `pass`: bytes go through.
 * - `refuse`: nobody listens; open connections end.
 * - `reset`: connections are reset as soon as they are accepted.
 * - `silent`: connections are accepted and stay open, no byte and no end goes through until later.
 * - `slow`: every chunk arrives late.
 * - `cut`: a connection ends in the middle, as the rule given with it says.
 *
 * @typedef {'pass' | 'refuse' | 'reset' | 'silent' | 'slow' | 'cut'} ProxyMode
 *
 * Where a connection is cut: after so many bytes, or after a text, of what the client or the server sends. What came before
 * is still delivered to the other side.
 * @typedef {{ of: 'client' | 'server', bytes: number } | { of: 'client' | 'server', text: string }} CutRule
 *
 * What each side sends, as the other gets it.
 * @typedef {{ client: (chunk: Buffer) => Buffer, server: (chunk: Buffer) => Buffer }} Change
 *
 * @typedef {object} TcpProxy
 * @property {number} port
 * @property {(mode: ProxyMode, rule?: CutRule) => Promise<void>} set
 * @property {() => void} forget open connections go silent for good, new ones work: what a frozen function finds when it wakes up
 * @property {() => Promise<void>} stop
 *
 * @typedef {{ client: import('node:net').Socket, server: import('node:net').Socket, isForgotten: boolean, resume: () => void }} Pair
 */

/** @param {CutRule | undefined} rule */
const cutter = (rule) => {
  if (rule === undefined) return undefined;
  return 'bytes' in rule ? cutAfterBytes(rule.bytes) : cutAfterText(rule.text);
};

/**
 * A TCP proxy in front of a server, for the faults that a refused connection does not show.
 * @param {{ host: string, port: number }} target
 * @param {number} [slowMs]
 * @param {{ port?: number, newChange?: () => Change }} [options] port: one that the system gives to no outgoing connection while
 * the proxy refuses; newChange: changes what one connection carries
 * @returns {Promise<TcpProxy>}
 */
export const startTcpProxy = async (target, slowMs = 100, { port: wantedPort = 0, newChange } = {}) => {
  /** @type {ProxyMode} */
  let mode = 'pass';
  /** @type {CutRule | undefined} */
  let rule;
  /** @type {Set<Pair>} */
  const pairs = new Set();

  /** @param {import('node:net').Socket} client */
  const accept = (client) => {
    if (mode === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...target, allowHalfOpen: true });
    /** @type {Pair} */
    const pair = { client, server, isForgotten: false, resume: () => {} };
    const rules = {
      isForgotten: () => pair.isForgotten,
      isHeld: () => pair.isForgotten || mode === 'silent',
      delayMs: () => (mode === 'slow' ? slowMs : 0),
    };
    const forget = () => {
      if (client.destroyed && server.destroyed) pairs.delete(pair);
    };
    const change = newChange?.();
    const cuts = (/** @type {'client' | 'server'} */ side) => ({
      ...rules,
      changed: change?.[side] ?? ((/** @type {Buffer} */ chunk) => chunk),
      newCut: () => (mode === 'cut' && rule?.of === side ? cutter(rule) : undefined),
      rule: () => (mode === 'cut' ? rule : undefined),
      onCut: () => {
        // The server still reads what came before: a reset could take it back.
        upwards.drop();
        downwards.drop();
        client.resetAndDestroy();
        server.end();
      },
      onClosed: forget,
    });
    const upwards = createDirection(client, server, cuts('client'));
    const downwards = createDirection(server, client, cuts('server'));
    pair.resume = () => {
      upwards.pump();
      downwards.pump();
    };
    pairs.add(pair);
  };

  /** @type {import('node:net').Server | undefined} */
  let listener;
  const listen = async (/** @type {number} */ port) => {
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
    forget() {
      for (const pair of pairs) pair.isForgotten = true;
    },
    stop: close,
  };
};

/**
 * The same URL with the proxy in the place of the server.
 * @param {string} url
 * @param {Pick<TcpProxy, 'port'>} proxy
 */
export const throughProxy = (url, proxy) => {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
};

/**
 * A proxy in front of the server that a URL names.
 * @param {string} url
 * @param {number} [slowMs]
 */
export const startProxyTo = (url, slowMs) => {
  const { hostname, port } = new URL(url);
  return startTcpProxy({ host: hostname, port: Number(port) }, slowMs);
};
