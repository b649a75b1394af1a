import { getConfig } from '#shared/config/config.ts';

export const EMAIL_SEND = 'user.email.send';
export const EMAIL_SENT = 'user.email.sent';

/** Every topic, as section "Messages" of the architecture page lists them. */
export const TOPICS = [EMAIL_SEND, EMAIL_SENT, `${EMAIL_SEND}.dlq`, `${EMAIL_SENT}.dlq`] as const;

export const PARTITIONS = 3;
export const RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** The topic's name on the broker. */
export function prefixed(topic: string): string {
  return `${getConfig().TOPIC_PREFIX}${topic}`;
}

/** The topic's name without the prefix. */
export function unprefixed(topic: string): string {
  const { TOPIC_PREFIX } = getConfig();
  return topic.startsWith(TOPIC_PREFIX) ? topic.slice(TOPIC_PREFIX.length) : topic;
}
