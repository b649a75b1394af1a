import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import { afterAll, expect, inject, it } from 'vitest';
import { readConfig } from '#shared/config/config.ts';
import { arm64Node } from '#tests/deploy/tools/arm64.ts';
import { run } from '#tests/deploy/tools/run.ts';
import { unpack } from '#tests/deploy/tools/unpack.ts';
import { packagedFunctions } from './packaged-functions.ts';

const PASSWORD = 'correct-horse-1';
const folder = mkdtempSync(path.join(tmpdir(), 'arm64-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** In the zip's folder: prints its processor, a new hash, and whether it accepts a given one. */
const PROGRAM = `
  const { hash, verify } = require('@node-rs/argon2');
  const [password, known, options] = JSON.parse(process.argv[1]);
  Promise.all([hash(password, options), verify(known, password)]).then(([made, accepts]) =>
    console.log(JSON.stringify({ arch: process.arch, made, accepts })));
`;

it("the default architecture's zip hashes and checks passwords as this machine does", async () => {
  const { PASSWORD_HASH_MEMORY_KIB: memoryCost, PASSWORD_HASH_PASSES: timeCost } = readConfig({ STAGE: 'prod' });
  const options = { memoryCost, timeCost, parallelism: 1 };
  await unpack(inject('packages')['prod'] ?? '', folder, ['createUser.zip']);
  const [file, ...args] = await arm64Node(packagedFunctions()[0]?.nodeVersion ?? '');

  const input = JSON.stringify([PASSWORD, await hash(PASSWORD, options), options]);
  const printed = await run(file, [...args, '-e', PROGRAM, input], { cwd: path.join(folder, 'createUser') });

  const { arch, made, accepts } = JSON.parse(printed);
  expect({ arch, accepts }).toEqual({ arch: 'arm64', accepts: true });
  expect(made).toContain(`m=${memoryCost},t=${timeCost},p=1`);
  expect(await verify(made, PASSWORD)).toBe(true);
});
