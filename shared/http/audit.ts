import { createHash } from 'node:crypto';
import { log } from '#shared/observability/logger.ts';
import { type Call, clientOf } from './client-address.ts';
import { header, type WithHeaders } from './request.ts';

/** What somebody with a token or a password did. */
export type AuditedAction = 'credentials changed' | 'event retried' | 'user deleted' | 'operator call refused';

/**
 * The caller by the first digits of the token's SHA-256, as `OPERATOR_TOKEN` may hold it: names the token without revealing it.
 * Undefined without a token.
 */
function operatorOf(event: WithHeaders): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(header(event, 'authorization') ?? '')?.[1];
  return token === undefined ? undefined : createHash('sha256').update(token).digest('hex').slice(0, 12);
}

/** Logs one line of the audit trail: who did what, from where. `fields` contain ids only, no personal data. */
export function audit(event: Call, action: AuditedAction, fields: Readonly<Record<string, unknown>> = {}): void {
  const operator = operatorOf(event);
  log.info('Audit', {
    action,
    ...(operator === undefined ? {} : { operator: `sha256:${operator}` }),
    client: clientOf(event),
    route: event.routeKey,
    ...fields,
  });
}
