import { describe, expect, it } from 'vitest';
import { decideIntake } from '#shared/notifications/decide-intake.ts';

describe('decideIntake', () => {
  it.each([
    { status: 'SENT', generation: 0, isDue: false, message: 5, expected: 'confirm-again' },
    { status: 'PENDING', generation: 0, isDue: true, message: 0, expected: 'send' },
    { status: 'PENDING', generation: 0, isDue: false, message: 0, expected: 'leave' },
    { status: 'FAILED', generation: 0, isDue: false, message: 1, expected: 'reopen' },
    { status: 'FAILED', generation: 1, isDue: true, message: 1, expected: 'bury-again' },
    { status: 'FAILED', generation: 2, isDue: true, message: 1, expected: 'leave' },
  ] as const)('$status of generation $generation, due $isDue, message $message: $expected', (row) => {
    const { status, generation, isDue, message, expected } = row;

    expect(decideIntake({ status, generation }, isDue, message)).toBe(expected);
  });
});
