import type { ServiceName } from '../cli/settings.ts';
import { probe } from '../process/ports.ts';

/** A metadata request, version 0. */
const METADATA_REQUEST = Buffer.from([0, 0, 0, 14, 0, 3, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0]);

/** Whether a service of this machine answers as itself on a port: an open port alone may be Docker's proxy. */
export const probes: Readonly<Record<ServiceName, (port: number) => Promise<boolean>>> = {
  // The server greets once it accepts clients; byte 4 of the greeting is the protocol's version.
  mysql: (port) => probe(port, { isAnswer: (data) => data[4] === 10 }),
  redis: (port) => probe(port, { send: 'PING\r\n', isAnswer: (data) => data.toString().startsWith('+PONG') }),
  // The answer names a broker once the broker has joined the cluster.
  kafka: (port) =>
    probe(port, { send: METADATA_REQUEST, isAnswer: (data) => data.length >= 12 && data.readInt32BE(8) > 0 }),
  mail: (port) => probe(port, { isAnswer: (data) => data.toString().startsWith('220') }),
};
