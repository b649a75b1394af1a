import { pause } from '#shared/async/waiting.ts';
import type { HealthReport } from '#shared/system/health.ts';
import { say } from '../cli/progress.ts';

const everyMs = 100;
const reportEveryMs = 10_000;

/**
 * Waits until the application is ready.
 * @param options needsKafka: our own broker must be up as well
 */
export async function waitUntilAppIsReady(
  baseUrl: string,
  { needsKafka, signal }: { needsKafka: boolean; signal: AbortSignal },
): Promise<void> {
  let nextReport = Date.now() + reportEveryMs;
  while (!signal.aborted) {
    const { isReady, reason } = await ask(baseUrl, needsKafka);
    if (isReady) return;
    if (Date.now() > nextReport) {
      say(`  … not ready yet: ${reason}`);
      nextReport = Date.now() + reportEveryMs;
    }
    await pause(everyMs, signal);
  }
}

async function ask(baseUrl: string, needsKafka: boolean): Promise<{ isReady: boolean; reason: string }> {
  try {
    const response = await fetch(`${baseUrl}/health/ready`, {
      signal: AbortSignal.timeout(5000),
      headers: { connection: 'close' },
    });
    return judge(response.status, await response.text(), needsKafka);
  } catch {
    return { isReady: false, reason: `${baseUrl} does not answer` };
  }
}

/** Judges a response of /health/ready. */
export function judge(status: number, text: string, needsKafka: boolean): { isReady: boolean; reason: string } {
  const down = downDependencies(text);
  const reason =
    down.length > 0 ? down.map((name) => `${name} is down`).join(', ') : `/health/ready returned ${status}`;
  return { isReady: status === 200 && !(needsKafka && down.includes('kafka')), reason };
}

function downDependencies(text: string): string[] {
  try {
    const { dependencies = {} }: Partial<Pick<HealthReport, 'dependencies'>> = JSON.parse(text);
    return Object.entries(dependencies).flatMap(([name, { status }]) => (status === 'up' ? [] : [name]));
  } catch {
    return [];
  }
}
