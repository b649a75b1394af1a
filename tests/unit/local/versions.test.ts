import { describe, expect, it } from 'vitest';
import { isSupportedNode } from '#tools/bootstrap/run.mjs';
import { findVersion, isAtLeast } from '#tools/local/services/programs.ts';

describe('isSupportedNode', () => {
  it.each(['20.19.0', '20.20.2', '22.13.0', '22.20.0', '24.0.0', '25.1.0'])('accepts %s', (version) => {
    expect(isSupportedNode(version)).toBe(true);
  });
  it.each(['18.20.4', '20.18.3', '21.7.0', '22.12.0', '23.11.0'])('refuses %s', (version) => {
    expect(isSupportedNode(version)).toBe(false);
  });
});

describe('findVersion', () => {
  it.each([
    ['mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)', '10.11.19'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ae4d7c971a948f0', '7.0.15'],
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', '17.0.15'],
    ['openjdk version "21" 2023-09-19', '21'],
  ])('reads %s', (text, version) => {
    expect(findVersion(text)).toBe(version);
  });
  it('says nothing about a text without a version', () => {
    expect(findVersion('command not found')).toBeUndefined();
  });
});

describe('isAtLeast', () => {
  it.each([
    ['10.11.19', '10.6', true],
    ['10.6', '10.6', true],
    ['10.5.21', '10.6', false],
    ['6.0.16', '6.2', false],
    ['21', '17', true],
    ['1.8.0', '17', false],
  ])('%s against %s: %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
