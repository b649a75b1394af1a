import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const PATTERNS: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'an AWS access key': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  'an AWS secret key': /aws_secret_access_key["'\s:=]+[A-Za-z0-9/+]{40}\b/i,
  'a token of GitHub': /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{50,})/,
  'a token of GitLab, Slack or npm': /\b(glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36})\b/,
  'a JSON web token': /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\./,
};

/** Passwords in examples and of local servers. Tests invent more of them. */
const KNOWN_PASSWORDS = /^(password|…|\$\{.*)$/;
/** A login that is stored elsewhere (shared/config/reference.ts). */
const REFERENCE = /:\/\/secretsmanager:/;
const URL_PASSWORD = /\b[a-z][a-z0-9+]*:\/\/[^\s:@/'"`<>]*:([^\s@/'"`<>]+)@/gi;

function secretsIn(text: string, isTest = false): string[] {
  const known = Object.entries(PATTERNS).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : []));
  const inUrls = [...text.matchAll(URL_PASSWORD)].filter(
    ([url, password = '']) => !KNOWN_PASSWORDS.test(password) && !REFERENCE.test(url),
  );
  return [...known, ...(isTest || inUrls.length === 0 ? [] : ['a password in a URL'])];
}

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && !/\.(png|jpe?g|woff2?|ico)$/.test(file));

describe('the repository', () => {
  it('contains no secret', () => {
    const found = files.flatMap((file) =>
      secretsIn(readFileSync(file, 'utf8'), file.includes('tests/')).map((secret) => `${file}: ${secret}`),
    );

    expect(files.length).toBeGreaterThan(500);
    expect(found).toEqual([]);
  });

  it.each([
    ['a private key', ['-----BEGIN RSA PRIVATE', 'KEY-----'].join(' ')],
    ['an AWS access key', ['AKIA', 'IOSFODNN7EXAMPLE'].join('')],
    ['a token of GitHub', ['ghp', 'a'.repeat(36)].join('_')],
    ['a JSON web token', ['eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0NTY3ODkw', '.x'].join('')],
    ['a password in a URL', ['mysql://users:', 'hunter2', '@db.example.com/users'].join('')],
  ])('would be found with %s', (name, text) => {
    expect(secretsIn(text)).toEqual([name]);
  });
});
