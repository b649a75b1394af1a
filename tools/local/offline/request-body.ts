import type { Readable } from 'node:stream';
import type { HapiRequest } from './types.ts';

/** What a handler needs to tell a body that is too long from one that is not. */
const maxGetBytes = 64 * 1024 + 1;
/** What serverless-offline hands over in base64, as API Gateway does. */
const binaryTypes = ['application/octet-stream', 'multipart/form-data'];

/**
 * API Gateway passes every body on as it came. hapi refuses media types that it cannot read, and serverless-offline parses
 * JSON and loses what is `null`, `0`, `false` or a string. Both look at this header only; the event is made from the raw ones,
 * where serverless-offline would take an absent type for JSON.
 */
export function hideMediaType(request: HapiRequest) {
  const type = request.headers['content-type'] ?? '';
  if (type === '') request.raw.req.rawHeaders.push('content-type', 'application/octet-stream');
  request.headers['content-type'] = binaryTypes.some((name) => type.includes(name))
    ? 'application/octet-stream'
    : 'text/plain';
}

/** hapi would answer a request for a part of the answer with 206; API Gateway always gives the whole. */
export function ignoreRange(request: HapiRequest) {
  delete request.headers.range;
}

/**
 * Reads the body of a GET request, which hapi leaves alone; a longer one is cut one byte past what handlers accept.
 */
export async function readGetBody(request: HapiRequest) {
  const { req } = request.raw;
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  if (request.method !== 'get' || (encoding === undefined && !(Number(length) > 0))) return;
  const body = await readBounded(req, maxGetBytes);
  if (body.length > 0) request.payload = body;
}

/** @returns what came until the end, or until that many bytes */
export function readBounded(stream: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = () => {
      stream.off('data', onData);
      resolve(Buffer.concat(chunks).subarray(0, maxBytes));
      // What is left is let through unread, so that the sender gets to hear the answer.
      stream.resume();
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) end();
    };
    stream.on('data', onData);
    stream.once('end', end);
    stream.once('close', end);
    stream.once('error', reject);
  });
}
