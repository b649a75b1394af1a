import net from 'node:net';

/**
 * Whether a port cannot be listened on.
 * @param host the address to listen on
 */
export async function isPortTaken(port: number, host: string = '127.0.0.1'): Promise<boolean> {
  return !(await canListen(port, host));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether an address accepts connections. */
export function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(2000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

/** Different ports that are free now, below the range that the system assigns to outgoing connections. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: Set<number> = new Set();
  while (ports.size < count) {
    const port = 15_000 + Math.floor(Math.random() * 16_000);
    if (await canListen(port, '127.0.0.1')) ports.add(port);
  }
  return [...ports];
}

/** Connects, sends a request and waits for the expected answer. */
export function probe(
  port: number,
  {
    host = '127.0.0.1',
    send,
    isAnswer,
    timeoutMs = 1000,
  }: { host?: string; send?: Buffer | string; isAnswer: (data: Buffer) => boolean; timeoutMs?: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host });
    let received = Buffer.alloc(0);
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.on('connect', () => send !== undefined && socket.write(send));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (isAnswer(received)) end(true);
    });
  });
}
