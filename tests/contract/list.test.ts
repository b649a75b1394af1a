import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { INVALID, registered, type User } from '#tests/helpers/users.ts';

interface Page {
  readonly content: readonly User[];
  readonly page: number;
  readonly size: number;
  readonly sortBy: string;
  readonly sortDirection: string;
  readonly totalElements: number;
  readonly totalPages: number;
}

function list(query = '') {
  return call<Page>('GET', `/api/users/${query}`);
}

/** The database's order: bytes, the shorter one padded with spaces. */
function inOrder(values: readonly string[]): boolean {
  return values.every((value, index) => {
    const before = values[index - 1] ?? '';
    const [a, b] = [before, value].map((text) => Buffer.from(text.padEnd(32)));
    return index === 0 || a === undefined || b === undefined || Buffer.compare(a, b) <= 0;
  });
}

beforeAll(async () => {
  for (let index = 0; index < 25; index += 1) await registered({ name: `L${String.fromCharCode(97 + (index % 13))}` });
});

describe('GET /api/users/', () => {
  it('returns the first ten by id and the total', async () => {
    const { status, body } = await list();

    expect(status).toBe(200);
    expect(body).toMatchObject({ page: 0, size: 10, sortBy: 'id', sortDirection: 'ASC' });
    expect(body.content).toHaveLength(10);
    expect(body.content.map(({ id }) => id)).toEqual(body.content.map(({ id }) => id).sort((a, b) => a - b));
    expect(body.totalElements).toBeGreaterThanOrEqual(25);
    expect(body.totalPages).toBe(Math.ceil(body.totalElements / 10));
  });

  it.each(['/api/users', '/api/users?', '/api/users/?', '/api/users/?unknown=1'])(
    'is also served at %s',
    async (path) => {
      expect(await call('GET', path)).toMatchObject({ status: 200, body: { page: 0, size: 10 } });
    },
  );

  it.each([
    [1, 1],
    [20, 20],
    [21, 20],
    [1000, 20],
    [2147483647, 20],
  ])('limits pageSize %i to %i', async (pageSize, size) => {
    const { body } = await list(`?pageSize=${pageSize}`);

    expect(body.size).toBe(size);
    expect(body.content).toHaveLength(size);
  });

  it('returns pages that do not overlap', async () => {
    const first = (await list('?page=0&pageSize=5')).body.content.map(({ id }) => id);
    const second = (await list('?page=1&pageSize=5')).body.content.map(({ id }) => id);

    expect(second).toHaveLength(5);
    expect(first.filter((id) => second.includes(id))).toEqual([]);
  });

  it.each(['100000', '2147483647'])('returns an empty page %s', async (page) => {
    expect(await list(`?page=${page}`)).toMatchObject({ status: 200, body: { page: Number(page), content: [] } });
  });

  it.each(['name', 'lastname', 'email'] as const)('sorts by %s in both directions', async (field) => {
    const up = (await list(`?sortBy=${field}&pageSize=20`)).body;
    const down = (await list(`?sortBy=${field}&sortDirection=DESC&pageSize=20`)).body;

    expect(up).toMatchObject({ sortBy: field, sortDirection: 'ASC' });
    expect(down).toMatchObject({ sortBy: field, sortDirection: 'DESC' });
    expect(inOrder(up.content.map((user) => user[field]))).toBe(true);
    expect(inOrder(down.content.map((user) => user[field]).reverse())).toBe(true);
  });

  it('sorts by id descending', async () => {
    const ids = (await list('?sortBy=id&sortDirection=desc')).body.content.map(({ id }) => id);

    expect(ids).toEqual([...ids].sort((a, b) => b - a));
  });

  it.each([
    ['desc', 'DESC'],
    ['DeSc', 'DESC'],
    ['asc', 'ASC'],
    ['sideways', 'ASC'],
    ['', 'ASC'],
    ['DESC;', 'ASC'],
  ])('treats the direction %j as %s', async (given, meant) => {
    expect((await list(`?sortDirection=${given}`)).body.sortDirection).toBe(meant);
  });

  it.each([
    'password',
    'passwordHash',
    'password_hash',
    'version',
    'ID',
    'id;drop table users',
    'id desc',
    '(select 1)',
    'id,name',
    'id--',
    ' id',
    '__proto__',
    'constructor',
    '',
  ])('rejects sorting by %j', async (field) => {
    expect(await list(`?sortBy=${encodeURIComponent(field)}`)).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { sortBy: 'must be one of id, name, lastname, email' } },
    });
  });

  it.each([
    ['page', '-1'],
    ['page', 'abc'],
    ['page', '1.5'],
    ['page', '2147483648'],
    ['page', '9'.repeat(25)],
    ['page', '%zz'],
    ['page', '0&page=1'],
    ['page', '0x1'],
    ['page', '%20%20'],
    ['pageSize', '0'],
    ['pageSize', '-5'],
    ['pageSize', '1e1'],
    ['pageSize', 'ten'],
    ['pageSize', 'NaN'],
  ])('rejects %s=%s', async (parameter, value) => {
    const answer = await call<{ errors: Record<string, string> }>('GET', `/api/users/?${parameter}=${value}`);

    expect(answer).toMatchObject({ status: 400, body: { error: INVALID } });
    expect(Object.keys(answer.body.errors)).toEqual([parameter]);
  });

  it('reports every invalid parameter', async () => {
    const answer = await call<{ errors: Record<string, string> }>('GET', '/api/users/?page=-1&pageSize=0&sortBy=x');

    expect(Object.keys(answer.body.errors).sort()).toEqual(['page', 'pageSize', 'sortBy']);
  });

  it('treats an empty page and size as absent, and accepts percent-encoding', async () => {
    expect((await list('?page=&pageSize=')).body).toMatchObject({ page: 0, size: 10 });
    expect((await list('?p%61ge=%31')).body).toMatchObject({ page: 1 });
  });
});
