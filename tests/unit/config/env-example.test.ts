import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config/config.ts';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { SERVER_ADDRESSES } from '#shared/config/server-addresses.ts';
import { readSettings } from '#tools/local/cli/settings.ts';

const example = readFileSync('.env.example', 'utf8');
const uncommented = parseEnv(example.replaceAll(/^# ([A-Z_]+=)/gm, '$1'));

describe('.env.example', () => {
  it('sets nothing until a name is uncommented', () => {
    expect(parseEnv(example)).toEqual({});
  });

  it('holds every variable of the schema', () => {
    expect(Object.keys(uncommented)).toEqual(expect.arrayContaining(Object.keys(ConfigSchema.properties)));
  });

  it('shows the defaults: uncommenting all of them except the servers’ URLs changes nothing', () => {
    const set = Object.fromEntries(
      Object.entries(uncommented).filter(([name, value]) => value !== '' && !(name in SERVER_ADDRESSES)),
    );
    expect(readConfig(set)).toMatchObject(readConfig({}));
    expect(readSettings(set)).toEqual(readSettings({}));
  });

  it('shows the URLs of the servers that npm start runs, and says that a set URL is a server of the reader’s own', () => {
    for (const [name, url] of Object.entries(readSettings({}).urls)) {
      expect(uncommented[name]).toBe(url);
      expect(example).toMatch(
        new RegExp(`^# .*; if set, the server is yours: npm start does not start it\\n# ${name}=`, 'm'),
      );
    }
  });
});
