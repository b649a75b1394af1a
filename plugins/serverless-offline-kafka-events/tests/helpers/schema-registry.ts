import http from 'node:http';
import https from 'node:https';
import avro from 'avsc';
import protobuf from 'protobufjs';

interface Registered {
  readonly schemaType: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly schema: string;
  readonly references?: readonly { name: string; subject: string; version: number }[];
}

/** Answers as Confluent's registry and as Glue's do, over real HTTP. */
export class SchemaRegistry {
  readonly requests: string[] = [];
  isDown = false;
  /** What another server answers that is reached under the registry's URL. */
  page: { readonly status: number; readonly content: string } | null = null;
  readonly #schemas = new Map<string, Registered>();
  readonly #login: string | null;
  readonly #server: http.Server;
  readonly #isSecured: boolean;

  constructor(login: { username: string; password: string } | null = null, key?: { pfx: Buffer; passphrase: string }) {
    this.#isSecured = key !== undefined;
    this.#login = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    const answer: http.RequestListener = (request, response) => {
      let body = '';
      request.on('data', (data: Buffer) => {
        body += data.toString();
      });
      request.on('end', () => {
        this.requests.push(`${request.method} ${request.url}`);
        if (this.page !== null) {
          response.writeHead(this.page.status, { 'content-type': 'text/html' }).end(this.page.content);
          return;
        }
        const found = this.#answer(request.url ?? '', request.headers.authorization, body);
        response.writeHead(found.status, { 'content-type': 'application/json' }).end(JSON.stringify(found.answer));
      });
    };
    this.#server = key === undefined ? http.createServer(answer) : https.createServer(key, answer);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the registry is not running');
    return `${this.#isSecured ? 'https' : 'http'}://127.0.0.1:${address.port}`;
  }

  /** `id`: a number of Confluent's, or a UUID of Glue's; or `subject/version` of a schema that others refer to. */
  register(id: string, schema: Registered): void {
    this.#schemas.set(id, schema);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(url: string, authorization: string | undefined, body: string): { status: number; answer: object } {
    if (this.isDown) return { status: 503, answer: { message: 'down' } };
    if (body !== '') return this.#answerAsGlue(body);
    if (this.#login !== null && authorization !== this.#login) return { status: 401, answer: { error_code: 40101 } };
    const id = /^\/schemas\/ids\/(.+)$/.exec(url)?.[1];
    const [, subject, version] = /^\/subjects\/(.+)\/versions\/(.+)$/.exec(url) ?? [];
    const found = this.#schemas.get(id ?? `${subject}/${version}`);
    if (found === undefined) return { status: 404, answer: { error_code: 40403, message: 'Schema not found' } };
    const { schemaType, ...rest } = found;
    // Confluent leaves its default out.
    return { status: 200, answer: schemaType === 'AVRO' ? rest : { schemaType, ...rest } };
  }

  #answerAsGlue(body: string): { status: number; answer: object } {
    const { SchemaVersionId } = JSON.parse(body) as { SchemaVersionId: string };
    const found = this.#schemas.get(SchemaVersionId);
    if (found === undefined) return { status: 400, answer: { __type: 'EntityNotFoundException' } };
    return { status: 200, answer: { SchemaDefinition: found.schema, DataFormat: found.schemaType } };
  }
}

export const AVRO_SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'status', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'raw', type: 'bytes', default: '' },
  ],
});

export const PROTOBUF_SCHEMA = `syntax = "proto3";
package shop;
message Other { string unused = 1; }
message Order {
  enum Status { NEW = 0; PAID = 1; }
  message Line { string article_name = 1; }
  int64 order_id = 1;
  string status = 2;
  Status state = 3;
  repeated Line lines = 4;
}
`;

export const JSON_SCHEMA = JSON.stringify({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { id: { type: 'integer' }, status: { type: 'string' } },
  required: ['id', 'status'],
});

export function confluentPrefix(id: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeInt32BE(id, 1);
  return prefix;
}

export function avroOrder(id: number, status: string): Buffer {
  return avro.Type.forSchema(JSON.parse(AVRO_SCHEMA)).toBuffer({ id, status, note: null, raw: Buffer.from([0, 255]) });
}

/** With Confluent's message indexes: the second message of the schema. */
export function protobufOrder(orderId: number, status: string): Buffer {
  const type = protobuf.parse(PROTOBUF_SCHEMA).root.lookupType('shop.Order');
  const order = type.fromObject({ orderId, status, state: 1, lines: [{ articleName: 'pen' }] });
  return Buffer.concat([Buffer.from([2, 2]), Buffer.from(type.encode(order).finish())]);
}
