/** An error whose message is enough for the user: printed without a stack. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Masks the password of every URL in a text. */
export function maskSecrets(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, '$1:***@');
}

/** The text that a command prints for anything that was thrown, without passwords. */
export function describe(error: unknown): string {
  if (error instanceof StartError) return maskSecrets(error.message);
  return maskSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
