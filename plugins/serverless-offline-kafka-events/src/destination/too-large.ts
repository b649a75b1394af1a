const TOO_LARGE: readonly unknown[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** The broker refused a batch for its size; kafkajs wraps what the broker said. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && TOO_LARGE.includes(error.type)) return true;
  return isTooLarge(error.cause) || ('originalError' in error && isTooLarge(error.originalError));
}
