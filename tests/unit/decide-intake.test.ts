import { describe, expect, it } from 'vitest';
import { decideIntake } from '#shared/notifications/take-in.ts';

describe('decideIntake', () => {
  it.each([
    { status: 'SENT', leaseOwner: null, expected: 'confirm-again' },
    { status: 'PENDING', leaseOwner: 'me', expected: 'send' },
    { status: 'PENDING', leaseOwner: 'another', expected: 'leave' },
    { status: 'PENDING', leaseOwner: null, expected: 'leave' },
    { status: 'FAILED', leaseOwner: null, expected: 'bury-again' },
    { status: 'FAILED', leaseOwner: 'another', expected: 'bury-again' },
  ] as const)('$status, held by $leaseOwner: $expected', (row) => {
    const { status, leaseOwner, expected } = row;

    expect(decideIntake({ status, leaseOwner }, 'me')).toBe(expected);
  });
});
