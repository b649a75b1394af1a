import type { ErrorObject } from 'ajv';

function property(params: Record<string, unknown>, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** One message per invalid top-level field: the schema's `errorMessage`, or else the validator's own. */
export function fieldErrors(
  errors: readonly ErrorObject[] | null | undefined,
  messages: Readonly<Record<string, string>>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const error of errors ?? []) {
    const field = error.instancePath.split('/')[1] ?? property(error.params, 'missingProperty') ?? 'body';
    found[field] ??= messages[field] ?? error.message ?? 'is not valid';
  }
  return found;
}
