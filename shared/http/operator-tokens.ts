import { createHash, timingSafeEqual } from 'node:crypto';

const HASHED = /^sha256:([0-9a-f]{64})$/i;

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The digests of the tokens in a setting: several while they are rotated, each given as it is or as `sha256:<hex>`. */
export function operatorDigests(setting: string): Buffer[] {
  return setting.split(',').map((entry) => {
    const hex = HASHED.exec(entry)?.[1];
    return hex === undefined ? digestOf(entry) : Buffer.from(hex, 'hex');
  });
}

/** Compares with every digest in constant time, so that the time tells neither how much was right nor which one. */
export function isOneOf(digests: readonly Buffer[], token: string): boolean {
  const given = digestOf(token);
  return digests.map((digest) => timingSafeEqual(digest, given)).includes(true);
}
