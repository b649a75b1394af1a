import type { TestDatabase } from './databases.ts';

export interface StoredDelivery {
  readonly uuid: string;
  readonly status: string;
  readonly user_email: string | null;
  readonly generation: number;
  readonly lease_owner: string | null;
  readonly attempts: number;
  readonly started_by: string;
  readonly unknowns: number;
  readonly refused_since: Date | null;
  readonly reason: string | null;
  readonly settled_at: Date | null;
  readonly next_attempt_at: Date | null;
}

/** Reads email_deliveries, and moves its due times. */
export function deliveriesIn({ db }: Pick<TestDatabase, 'db'>) {
  return {
    async find(uuid: string): Promise<StoredDelivery> {
      const row: StoredDelivery | undefined = await db('email_deliveries').where({ uuid }).first();
      if (row === undefined) throw new Error(`No delivery of ${uuid}`);
      return row;
    },

    async count(): Promise<number> {
      const row = await db('email_deliveries').count({ total: '*' }).first();
      return Number(row?.['total']);
    },

    /** Makes every waiting row due and ends all leases. */
    async makeDue(): Promise<void> {
      await db('email_deliveries')
        .whereNotNull('next_attempt_at')
        .update({ next_attempt_at: db.raw('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND') });
    },

    async change(uuid: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
      await db('email_deliveries').where({ uuid }).update(changes);
    },
  };
}
