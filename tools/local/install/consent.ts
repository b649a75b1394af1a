import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { ServiceName } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { hasApt, type InstallPlan, planInstall } from './apt.ts';
import { missingNeeds } from './native.ts';

interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/**
 * On a terminal, lists what apt would install for the services, and asks once. Pipes and CI are not asked.
 * @throws {StartError} unless the user agrees
 */
export async function confirmInstall(services: readonly ServiceName[]): Promise<void> {
  const { stdin: input, stdout: output, env } = process;
  if (!input.isTTY || !output.isTTY || env.CI || env.NO_INSTALL === '1' || !hasApt()) return;
  const needs = await missingNeeds(services);
  if (needs.length > 0) await askFor(await planInstall(needs), { input, output });
}

/** @throws {StartError} unless the answer is empty or a yes */
export async function askFor({ packages, others }: InstallPlan, { input, output }: Terminal): Promise<void> {
  output.write(`These packages are missing, and apt-get can install them:\n  ${packages.join(' ')}\n`);
  if (others.length > 0) output.write(`They need ${others.length} more:\n  ${others.join(' ')}\n`);
  output.write('No system service is started. Without them, start Docker or set the URLs of your own servers.\n');
  const prompt = createInterface({ input, output });
  try {
    // Neither Ctrl-C nor the end of the input is consent.
    const refused = once(prompt, 'close').then(() => 'no');
    const answer = await Promise.race([prompt.question('Install them? [Y/n] ').catch(() => 'no'), refused]);
    if (!/^\s*(y|yes)?\s*$/i.test(answer)) throw new StartError('Nothing was installed.');
  } finally {
    prompt.close();
  }
}
