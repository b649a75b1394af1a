import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import type { welcomeMail } from '#shared/notifications/welcome-mail.ts';
import { rootDir } from '#tools/paths.ts';
import { newFolder } from '../folders.ts';

/**
 * The application's own function that makes the welcome mail; its templates are there once the handlers were built.
 */
export async function loadWelcomeMail(): Promise<typeof welcomeMail> {
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
}
