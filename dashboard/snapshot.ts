import type { DeliveryOverview } from '#shared/notifications/delivery-schemas.ts';
import type { EventPage, Pipeline } from '#shared/outbox/outbox-schemas.ts';
import type { Consumers } from '#shared/system/system-schemas.ts';

/** The response of GET /health/ready. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  /** Outside the local stage for operators only. */
  readonly dependencies?: Readonly<
    Record<
      string,
      {
        readonly status: 'up' | 'down';
        readonly latencyMs: number;
        readonly downSince?: string;
        readonly problem?: string;
      }
    >
  >;
}

/** The latest response of each endpoint; undefined before the first one, null if it is not available here. */
export interface Snapshot {
  readonly pipeline?: Pipeline;
  readonly deliveries?: DeliveryOverview;
  readonly consumers?: Consumers | null;
  readonly health?: Health;
  readonly events?: EventPage;
}
