import { createHash, timingSafeEqual } from 'node:crypto';

const HASHED = /^sha256:([0-9a-f]{64})$/i;

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** The digests of the tokens in a setting: several while they are rotated, each given as it is or as `sha256:<hex>`. */
export const operatorDigests = (setting: string): Buffer[] =>
  setting.split(',').map((entry) => {
    const hex = HASHED.exec(entry)?.[1];
    return hex === undefined ? digestOf(entry) : Buffer.from(hex, 'hex');
  });

/** Compares with every digest in constant time, so that the time tells neither how much was right nor which one. */
export const isOneOf = (digests: readonly Buffer[], token: string): boolean => {
  const given = digestOf(token);
  return digests.map((digest) => timingSafeEqual(digest, given)).includes(true);
};
