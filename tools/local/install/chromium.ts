import { StartError } from '../cli/start-error.ts';
import { findCommand } from '../services/commands.ts';
import { hasApt, installPackages } from './apt.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** @returns the browser's executable */
export function findChromium(): string | undefined {
  return names.map((name) => findCommand(name)).find((file) => file !== undefined);
}

/**
 * Finds a browser, and installs one where there is none.
 * @returns its executable
 * @throws {StartError}
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== undefined) return found;
  if (!hasApt())
    throw new StartError('Chromium is missing, which the browser tests need: install it so that it is on the PATH');
  await installPackages(['chromium']);
  const installed = findChromium();
  if (installed === undefined) throw new StartError('Chromium was installed, but is not on the PATH');
  return installed;
}
