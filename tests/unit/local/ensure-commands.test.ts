import { describe, expect, it } from 'vitest';
import { ensureCommands } from '#tools/local/install/ensure-commands.ts';

describe('ensureCommands', () => {
  it('installs nothing if all commands are on the PATH', async () => {
    await expect(ensureCommands(['node', 'sh'])).resolves.toBeUndefined();
  });

  it('rejects a missing command whose package it does not know', async () => {
    await expect(ensureCommands(['no-such-command'])).rejects.toThrow(
      /^Unknown command 'no-such-command'\. Known: .*javac/,
    );
  });
});
