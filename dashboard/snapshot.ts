import type { DeliveryOverview } from '#shared/notifications/delivery-overview.ts';
import type { EventPage } from '#shared/outbox/event.ts';
import type { Pipeline } from '#shared/outbox/pipeline.ts';
import type { Consumers } from '#shared/system/consumer.ts';

/** What GET /health/ready answers. */
export interface Health {
  readonly status: 'up' | 'degraded' | 'down';
  readonly dependencies: Readonly<
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

/** The latest that each endpoint has told; undefined until it has, null where there is nothing to be told. */
export interface Snapshot {
  readonly pipeline?: Pipeline;
  readonly deliveries?: DeliveryOverview;
  readonly consumers?: Consumers | null;
  readonly health?: Health;
  readonly events?: EventPage;
}
