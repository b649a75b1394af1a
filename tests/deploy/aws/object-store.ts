import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface CloudRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface CloudAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** objects by bucket, then by key */
export type Buckets = Map<string, Map<string, StoredObject>>;

export interface StoredObject {
  readonly body: Buffer;
  /** user metadata; osls stores the content's hash in it */
  readonly headers: Readonly<Record<string, string>>;
}

function failure(status: number, code: string): CloudAnswer {
  return {
    status,
    body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    headers: { 'content-type': 'application/xml' },
  };
}

function etag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** Decodes a body that the SDK sent in signed chunks: size;signature, bytes, …, trailers. */
function unchunked(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding?.includes('aws-chunked') !== true) return body;
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || !(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

function listing(objects: ReadonlyMap<string, StoredObject>, prefix: string): string {
  const entries = [...objects].filter(([key]) => key.startsWith(prefix));
  const contents = entries.map(
    ([key, { body }]) =>
      `<Contents><Key>${key}</Key><Size>${body.length}</Size><LastModified>2035-01-01T00:00:00.000Z</LastModified></Contents>`,
  );
  return `<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>${entries.length}</KeyCount>${contents.join('')}</ListBucketResult>`;
}

function removeMany(objects: Map<string, StoredObject>, body: Buffer): void {
  for (const [, key = ''] of body.toString('utf8').matchAll(/<Key>([^<]+)<\/Key>/g)) objects.delete(key);
}

/** Answers as S3 does, with the bucket in the path. */
export function answerAsS3(request: CloudRequest, buckets: Buckets): CloudAnswer {
  const [, name = '', ...rest] = request.path.split('/');
  const key = rest.join('/');
  const objects = buckets.get(name);
  const { method } = request;
  if (objects === undefined) return failure(404, 'NoSuchBucket');
  if (key === '') {
    if (method === 'GET' && request.query.has('location'))
      return { status: 200, body: '<LocationConstraint>eu-central-1</LocationConstraint>' };
    if (method === 'GET' && request.query.has('versioning')) return { status: 200, body: '<VersioningConfiguration/>' };
    if (method === 'GET' && request.query.has('versions')) return { status: 200, body: '<ListVersionsResult/>' };
    if (method === 'GET') return { status: 200, body: listing(objects, request.query.get('prefix') ?? '') };
    if (method === 'POST' && request.query.has('delete')) {
      removeMany(objects, request.body);
      return { status: 200, body: '<DeleteResult/>' };
    }
    return { status: 200, body: '' };
  }
  if (method === 'PUT') {
    const headers = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([header]) => header.startsWith('x-amz-meta-'))
        .map(([header, value]) => [header, String(value)]),
    );
    const body = unchunked(request.body, request.headers['content-encoding']);
    objects.set(key, { body, headers });
    return { status: 200, body: '', headers: { etag: etag(body) } };
  }
  const found = objects.get(key);
  if (found === undefined) return failure(404, 'NoSuchKey');
  if (method === 'DELETE') objects.delete(key);
  const headers = { etag: etag(found.body), ...found.headers };
  return method === 'DELETE'
    ? { status: 204, body: '' }
    : { status: 200, body: found.body.toString('latin1'), headers };
}
