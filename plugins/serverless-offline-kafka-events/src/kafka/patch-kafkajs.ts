import { createRequire } from 'node:module';
import { commitNoDefaultOffset } from './default-offset.ts';
import { keepHeaderOrder } from './header-order.ts';
import { stopIdleTimer } from './idle-timer.ts';

/** The version whose insides the patches know. */
export const PATCHED_VERSION = '2.2.4';

/**
 * Mends what kafkajs, which is unmaintained, gets wrong: a timer that never rests, the order of headers, and
 * a commit of −2.
 * Returns false, and changes nothing, for a version it does not know.
 */
export function patchKafkajs(): boolean {
  const require = createRequire(import.meta.url);
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) return false;
  stopIdleTimer(require);
  keepHeaderOrder(require);
  commitNoDefaultOffset(require);
  return true;
}
