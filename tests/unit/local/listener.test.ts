import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenerOn, listeningInodes } from '#tools/local/process/listener.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100
   1: 0100007F:1F91 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100
`;

describe('who listens on a port', () => {
  it('is the socket that listens there, not one that is connected', () => {
    expect(listeningInodes(TABLE, 8081)).toEqual(['4711']);
    expect(listeningInodes(TABLE, 9999)).toEqual([]);
  });

  it('is named with its pid', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    expect(await listenerOn(port)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
    server.close();
  });
});
