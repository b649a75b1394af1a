import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { rootDir } from '#local/paths.mjs';
import { newFolder } from '../folders.mjs';

/**
 * The application's own function that makes the welcome mail; its templates are there once the handlers were built.
 * @returns {Promise<typeof import('#shared/notifications/welcome-mail.ts').welcomeMail>}
 */
export const loadWelcomeMail = async () => {
  const outfile = path.join(newFolder(), 'welcome-mail.mjs');
  await esbuild.build({
    absWorkingDir: rootDir,
    entryPoints: ['shared/notifications/welcome-mail.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  });
  return (await import(pathToFileURL(outfile).href)).welcomeMail;
};
