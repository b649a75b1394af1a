/** An error whose message is all that a person needs: printed as one line, without a stack. */
export class StartError extends Error {
  override name = 'StartError';
}

/** What to print for anything that was thrown. */
export function describe(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
