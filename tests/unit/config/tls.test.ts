import { describe, expect, it } from 'vitest';
import { usesTls } from '#shared/config/tls.ts';

describe('usesTls', () => {
  it.each([
    ['auto', 'prod', ['db.example.com'], true],
    ['auto', 'prod', ['127.0.0.1'], false],
    ['auto', 'prod', ['localhost', '[::1]', '127.1.2.3'], false],
    ['auto', 'prod', ['127.0.0.1', 'b-1.example.com'], true],
    ['auto', 'prod', ['127.0.0.1.example.com'], true],
    ['auto', 'local', ['db.example.com'], false],
    ['on', 'local', ['127.0.0.1'], true],
    ['off', 'prod', ['db.example.com'], false],
  ] as const)('%s in stage %s to %j: %s', (mode, stage, hosts, expected) => {
    expect(usesTls(mode, stage, hosts)).toBe(expected);
  });
});
