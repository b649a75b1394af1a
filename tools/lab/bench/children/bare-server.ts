// An HTTP server that does nothing but answer, as a process of its own: what node:http alone can do on this machine. Forked;
// says {port}; {answer: {headers, text}} sets what is answered and is confirmed with {answering: true}.
import http from 'node:http';

let headers: http.OutgoingHttpHeaders = {};
let text = '';

const server = http.createServer((request, response) => {
  request.resume();
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) });
  response.end(text);
});

process.on('message', ({ answer }: { answer: { headers: http.OutgoingHttpHeaders; text: string } }) => {
  headers = answer.headers;
  text = answer.text;
  process.send?.({ answering: true });
});
process.on('disconnect', () => process.exit(0));

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
