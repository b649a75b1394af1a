import { createHash, timingSafeEqual } from 'node:crypto';

const HASHED = /^sha256:([0-9a-f]{64})$/i;

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

const known = new Map<string, readonly Buffer[]>();

/** The digests of the secrets in a setting, each in plain text or as `sha256:<hex>`; several during a rotation. */
function digestsIn(setting: string): readonly Buffer[] {
  let digests = known.get(setting);
  if (digests === undefined) {
    digests = setting.split(',').map((entry) => {
      const hex = HASHED.exec(entry)?.[1];
      return hex === undefined ? digestOf(entry) : Buffer.from(hex, 'hex');
    });
    // Settings change only in a rotation.
    if (known.size > 10) known.clear();
    known.set(setting, digests);
  }
  return digests;
}

/** Compares with every secret of a setting in constant time, so that timing reveals nothing about them. */
export function isOneOf(setting: string, given: string): boolean {
  const digest = digestOf(given);
  return digestsIn(setting)
    .map((each) => timingSafeEqual(each, digest))
    .includes(true);
}
