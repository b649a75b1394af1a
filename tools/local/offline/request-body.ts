import type { Readable } from 'node:stream';
import { MAX_BODY_BYTES } from '#shared/http/request.ts';
import type { HapiRequest } from './types.ts';

/** One byte more than handlers accept, so that they can detect a longer body. */
const maxGetBytes = MAX_BODY_BYTES + 1;
/** Bodies that serverless-offline passes on in base64, as API Gateway does. */
const binaryTypes = ['application/octet-stream', 'multipart/form-data'];

/**
 * API Gateway passes every body on unchanged. hapi rejects media types that it cannot parse; serverless-offline parses JSON and
 * loses `null`, `0`, `false` and strings. Both read this header only. The event is made from the raw headers, where
 * serverless-offline would take an absent type for JSON.
 */
export function hideMediaType(request: HapiRequest) {
  const type = request.headers['content-type'] ?? '';
  if (type === '') request.raw.req.rawHeaders.push('content-type', 'application/octet-stream');
  request.headers['content-type'] = binaryTypes.some((name) => type.includes(name))
    ? 'application/octet-stream'
    : 'text/plain';
}

/** hapi would answer a range request with 206; API Gateway always returns the whole response. */
export function ignoreRange(request: HapiRequest) {
  delete request.headers.range;
}

/**
 * Reads the body of a GET request, which hapi does not; one that is too long is cut one byte past what handlers accept.
 */
export async function readGetBody(request: HapiRequest) {
  const { req } = request.raw;
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  if (request.method !== 'get' || (encoding === undefined && !(Number(length) > 0))) return;
  const body = await readBounded(req, maxGetBytes);
  if (body.length > 0) request.payload = body;
}

/** Reads a stream to its end, or up to so many bytes. */
export function readBounded(stream: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = () => {
      stream.off('data', onData);
      resolve(Buffer.concat(chunks).subarray(0, maxBytes));
      // Discard the rest, so that the sender reads the response.
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
