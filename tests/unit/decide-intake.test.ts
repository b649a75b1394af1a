import { describe, expect, it } from 'vitest';
import { decideIntake } from '#shared/notifications/take-in.ts';

describe('decideIntake', () => {
  it.each([
    { status: 'SENT', generation: 0, leaseOwner: null, message: 5, expected: 'confirm-again' },
    { status: 'PENDING', generation: 0, leaseOwner: 'me', message: 0, expected: 'send' },
    { status: 'PENDING', generation: 0, leaseOwner: 'another', message: 0, expected: 'leave' },
    { status: 'PENDING', generation: 0, leaseOwner: null, message: 0, expected: 'leave' },
    { status: 'FAILED', generation: 1, leaseOwner: null, message: 1, expected: 'bury-again' },
    { status: 'FAILED', generation: 2, leaseOwner: null, message: 1, expected: 'leave' },
  ] as const)('$status of generation $generation, held by $leaseOwner, message $message: $expected', (row) => {
    const { status, generation, leaseOwner, message, expected } = row;

    expect(decideIntake({ status, generation, leaseOwner }, 'me', message)).toBe(expected);
  });
});
