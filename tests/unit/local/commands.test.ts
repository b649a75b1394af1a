import { expect, it } from 'vitest';
import { outputOrFail } from '#tools/local/services/commands.ts';

it.each([
  ['stdout', 'echo the reason; exit 1'],
  ['stderr', 'echo the reason >&2; exit 1'],
])('a program that fails is reported with what it printed on %s', async (_channel, script) => {
  const message = /^Downloading failed:\nCommand failed: .*\nthe reason$/;

  await expect(outputOrFail('Downloading', 'sh', ['-c', script])).rejects.toThrow(message);
});

it('a program that cannot be run is named', async () => {
  await expect(outputOrFail('Downloading', 'no-such-program', [])).rejects.toThrow(
    'Downloading failed:\nspawn no-such-program ENOENT',
  );
});
