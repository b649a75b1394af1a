import { createDatabase, type Database } from '#shared/db/database.ts';
import type { Life, Simulation } from './simulation.ts';

type Done = (error: unknown, ...results: unknown[]) => void;

/** The parts of the driver's connection that are used here. */
interface Connection {
  readonly threadId: number;
  query(options: unknown, values: unknown, done: Done): void;
  query(sql: string): void;
  destroy(): void;
}

export interface SimulatedDatabase {
  readonly db: Database;
  /** The number of new connections still to be refused. */
  refuse(connections: number): void;
  /** Cuts all connections; resolves once the server has rolled back open transactions. */
  cut(): Promise<void>;
}

const POOL_SIZE = 6;

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

function isCommit(query: unknown): boolean {
  const sql = typeof query === 'object' && query !== null && 'sql' in query ? query.sql : query;
  return typeof sql === 'string' && sql.startsWith('COMMIT');
}

/** One process's pool on a real database; its sessions use the simulation's clock. */
export function simulatedDatabase(url: string, admin: Database, life: Life, simulation: Simulation): SimulatedDatabase {
  const db = createDatabase(url, POOL_SIZE);
  const open = new Set<Connection>();
  let refusals = 0;

  const follow = (connection: Connection): void => {
    if (open.has(connection)) return;
    open.add(connection);
    const query = connection.query.bind(connection);
    let told = -1;
    connection.query = (options: unknown, values?: unknown, done?: Done) => {
      if (life.diesInTransaction && isCommit(options)) {
        life.isDead = true;
        return;
      }
      const nowMs = simulation.nowMs();
      if (told !== nowMs) query(`SET timestamp = ${nowMs / 1000}`);
      told = nowMs;
      void simulation.outside(
        () =>
          new Promise<void>((resolve) => {
            query(options, values, (...answer) => {
              resolve();
              done?.(...answer);
            });
          }),
      );
    };
  };

  const acquire: () => Promise<Connection> = db.client.acquireConnection.bind(db.client);
  db.client.acquireConnection = async (): Promise<Connection> => {
    if (life.isDead) return new Promise<never>(() => undefined);
    if (refusals > 0) {
      refusals -= 1;
      throw refused();
    }
    const connection = await simulation.outside(acquire);
    follow(connection);
    return connection;
  };

  const cut = async (): Promise<void> => {
    const threads = [...open].map(({ threadId }) => threadId);
    for (const connection of open) connection.destroy();
    open.clear();
    while (threads.length > 0) {
      const [alive] = await admin.raw('SELECT id FROM information_schema.processlist WHERE id IN (?)', [threads]);
      if (alive.length === 0) return;
    }
  };

  return {
    db,
    refuse(connections) {
      refusals = connections;
    },
    cut,
  };
}
