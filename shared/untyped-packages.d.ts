declare module 'knex/lib/dialects/mysql2/index.js' {
  import type { Knex } from 'knex';

  interface RawConnection {
    destroy(): void;
  }

  /** The parts of knex's mysql2 dialect that the bounded client overrides. */
  export default class MySql2Client<Config extends Knex.Config> {
    readonly config: Config;
    connectionSettings: Knex.StaticConnectionConfig;
    constructor(config: Config);
    _query(connection: RawConnection, query: unknown): Promise<unknown>;
    acquireRawConnection(): Promise<RawConnection>;
    validateConnection(connection: RawConnection): boolean;
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** The parts of kafkajs' request queue that the timer patch needs (kafkajs 2.2.4). */
  export default class RequestQueue {
    pending: unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';

  /** The parts of kafkajs' connection that its patch needs (kafkajs 2.2.4). */
  export default class Connection {
    socket?: Socket;
    isConnected(): boolean;
    connect(): Promise<boolean>;
  }
}

declare module 'kafkajs/src/protocol/requests/metadata/v6/response.js' {
  interface Metadata {
    readonly topicMetadata: ReadonlyArray<{
      readonly partitionMetadata: ReadonlyArray<{ readonly leader: number }>;
    }>;
  }

  /** kafkajs' parser of the latest version of a metadata response that it knows (kafkajs 2.2.4). */
  const response: { parse(metadata: Metadata): Promise<Metadata> };
  export default response;
}
