import http from 'node:http';
import type { HapiServer } from './types.ts';

/**
 * Serves the same routes on a second port.
 * @returns closes it
 * @throws {Error} when the port cannot be opened
 */
export async function openSecondPort(
  hapi: HapiServer,
  { host, port }: { host: string; port: number },
): Promise<() => Promise<void>> {
  const server = http.createServer((request, response) => void hapi.listener.emit('request', request, response));
  await new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? 'is in use: stop the process that listens there, or set EMAIL_HTTP_PORT'
          : `cannot be opened: ${error.message}`;
      reject(new Error(`port ${port} (the API's second port) ${reason}`));
    });
    server.listen({ host, port }, () => resolve(undefined));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
}
