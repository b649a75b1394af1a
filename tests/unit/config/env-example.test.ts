import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfig } from '#shared/config/config.ts';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
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

  it('shows the defaults: uncommenting all of them changes nothing', () => {
    const set = Object.fromEntries(Object.entries(uncommented).filter(([, value]) => value !== ''));
    expect(readConfig(set)).toMatchObject(readConfig({}));
    expect(readSettings(set).urls).toEqual(readSettings({}).urls);
  });
});
