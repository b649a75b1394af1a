/** An error whose message is all that a person needs: printed as one line, without a stack. */
export class StartError extends Error {
  /** @override */
  name = 'StartError';
}

/**
 * What to print for anything that was thrown.
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
