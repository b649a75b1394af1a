const everyMs = 1000;

/**
 * Asks for the end when npm, which started us, is gone without a word: nobody else would stop us then.
 * @param {import('./shutdown.mjs').Shutdown} shutdown
 */
export function watchParent(shutdown) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) shutdown.request('npm is gone');
  }, everyMs);
  timer.unref();
}
