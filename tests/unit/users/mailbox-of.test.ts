import { describe, expect, it } from 'vitest';
import { mailboxOf } from '#shared/users/limit-mails.ts';

describe('mailboxOf', () => {
  it.each([
    ['ann@b.io', 'ann@b.io'],
    ['Ann+news@B.io', 'ann@b.io'],
    ['ann+a+b@b.io', 'ann@b.io'],
    ['ann+@b.io', 'ann@b.io'],
    ['+ann@b.io', '+ann@b.io'],
    ['++ann@b.io', '+@b.io'],
    ['ann@münchen.de', 'ann@xn--mnchen-3ya.de'],
    ['ann@xn--mnchen-3ya.de', 'ann@xn--mnchen-3ya.de'],
    ['ann@mu\u0308nchen.de', 'ann@xn--mnchen-3ya.de'],
    ['ann@[127.0.0.1]', 'ann@[127.0.0.1]'],
    ['e\u0301ve@b.io', 'éve@b.io'],
  ])('%j is %j', (address, mailbox) => {
    expect(mailboxOf(address)).toBe(mailbox);
  });
});
