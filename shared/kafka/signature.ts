import { createHmac, timingSafeEqual } from 'node:crypto';
import { optionalSetting, renewedSetting } from '#shared/config/settings.ts';
import { headersOf, type RawRecord, unprefixed } from './records.ts';

const SIGNATURE_HEADER = 'x-signature';

/** The only header that changes what a message causes. */
export const GENERATION_HEADER = 'x-generation';

interface Signable {
  /** Without its prefix: a message for one topic is refused on another. */
  readonly topic: string;
  readonly key: string | Buffer | null;
  readonly value: string | Buffer;
  readonly generation: string | undefined;
}

function signatureOf(secret: string, { topic, key, value, generation = '0' }: Signable): string {
  const keyBytes = key === null ? null : Buffer.from(key).toString('base64');
  // The JSON contains no line break, so the parts cannot be shifted.
  const hmac = createHmac('sha256', secret).update(`${JSON.stringify([topic, keyBytes, generation])}\n`);
  return hmac.update(value).digest('hex');
}

interface Message {
  readonly key: string | Buffer | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The message with its HMAC in a header if MESSAGE_SECRET is set; the first of several secrets signs. */
export async function signed(topic: string, message: Message): Promise<Message> {
  const secrets = await optionalSetting('MESSAGE_SECRET');
  if (secrets === undefined) return message;
  const { key, value, headers } = message;
  const [secret = ''] = secrets.split(',');
  const signature = signatureOf(secret, { topic, key, value, generation: headers[GENERATION_HEADER] });
  return { ...message, headers: { ...headers, [SIGNATURE_HEADER]: signature } };
}

function isSigned(record: RawRecord, secrets: string): boolean {
  const headers = headersOf(record);
  const given = Buffer.from(headers[SIGNATURE_HEADER] ?? '');
  const { key, value } = record;
  const parts: Signable = {
    topic: unprefixed(record.topic),
    key: key === null || key === undefined ? null : Buffer.from(key, 'base64'),
    value: Buffer.from(value ?? '', 'base64'),
    generation: headers[GENERATION_HEADER],
  };
  return secrets.split(',').some((secret) => {
    const expected = Buffer.from(signatureOf(secret, parts));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/**
 * The records that are not signed with MESSAGE_SECRET; none if it is not set. The secret may have changed since it was fetched, so
 * a mismatch fetches it again.
 * @throws AppError DEPENDENCY_DOWN when the secret cannot be fetched
 */
export async function unsignedAmong(records: readonly RawRecord[]): Promise<ReadonlySet<RawRecord>> {
  const secrets = await optionalSetting('MESSAGE_SECRET');
  if (secrets === undefined) return new Set();
  const unsigned = records.filter((record) => !isSigned(record, secrets));
  const renewed = unsigned.length === 0 ? undefined : await renewedSetting('MESSAGE_SECRET', secrets);
  return new Set(renewed === undefined ? unsigned : unsigned.filter((record) => !isSigned(record, renewed)));
}
