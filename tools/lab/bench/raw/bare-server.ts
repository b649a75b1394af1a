// An HTTP server that does nothing but answer, as a process of its own: what node:http alone can do on this machine.
// node bare-server.ts <port> <headers as JSON> <body>
import http from 'node:http';

const [port = '', headers = '', body = ''] = process.argv.slice(2);
const head = { ...JSON.parse(headers), 'content-length': Buffer.byteLength(body) };

http
  .createServer((request, response) => {
    request.resume();
    response.writeHead(200, head);
    response.end(body);
  })
  .listen(Number(port), '127.0.0.1');
