import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { randomPassword, registered, userPath } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { keptLogFile, operatorToken } = inject('application');
const OPERATOR = `sha256:${createHash('sha256').update(operatorToken).digest('hex').slice(0, 12)}`;

/** The audit line with this field. */
function audited(field: string, value: unknown): Promise<Record<string, unknown>> {
  const find = () =>
    readFileSync(keptLogFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"message":"Audit"'))
      .map((line): Record<string, unknown> => JSON.parse(line))
      .find((line) => line[field] === value);
  return waitFor(async () => find(), { what: `an audit line with ${field} ${value}` });
}

describe('the audit trail names', () => {
  it('who deleted a user, and from where', async () => {
    const user = await registered();
    await call('DELETE', userPath(user), { headers: { authorization: `Bearer ${operatorToken}` } });

    expect(await audited('userId', user.id)).toMatchObject({
      action: 'user deleted',
      operator: OPERATOR,
      client: '127.0.0.1',
      route: 'DELETE /api/users/{id}',
    });
  });

  it('whose credentials changed, without what they are', async () => {
    const user = await registered();
    const email = randomEmail();
    await call('PATCH', userPath(user), {
      json: { email, newPassword: randomPassword(), oldPassword: user.password },
    });

    const line = await audited('userId', user.id);
    expect(line).toMatchObject({ action: 'credentials changed', credentials: ['email', 'newPassword'] });
    expect(line).not.toHaveProperty('operator');
    expect(JSON.stringify(line)).not.toContain(email);
  });

  it('no credentials that are sent but stay the same', async () => {
    const user = await registered();
    const path = userPath(user);
    await call('PATCH', path, { json: { email: user.email, name: 'Bea', oldPassword: user.password } });
    await call('PATCH', path, { json: { newPassword: randomPassword(), oldPassword: user.password } });

    expect(await audited('userId', user.id)).toMatchObject({ credentials: ['newPassword'] });
  });

  it('a refused operator call, with the digest of its token', async () => {
    const token = randomName('a-token-of-nobody-');
    await call('GET', '/api/events', { headers: { authorization: `Bearer ${token}` } });

    const digest = createHash('sha256').update(token).digest('hex').slice(0, 12);
    expect(await audited('operator', `sha256:${digest}`)).toMatchObject({ action: 'operator call refused' });
  });
});
