/** Where a setting's value is kept, when the setting itself must not hold it. */
export type Reference =
  | { readonly kind: 'ssm'; readonly name: string }
  | { readonly kind: 'secretsmanager'; readonly name: string; readonly field?: string }
  | { readonly kind: 'file'; readonly name: string };

const FORM = /^(ssm|secretsmanager|file):(\/?[^\s#/][^\s#]*)(?:#(\S+))?$/;

/**
 * Reads `ssm:/path`, `secretsmanager:name`, `secretsmanager:name#field` (one field of a secret that is a JSON object) and
 * `file:/path`; undefined for everything else, which is a value.
 */
export function parseReference(value: string): Reference | undefined {
  const [, kind, name, field] = FORM.exec(value) ?? [];
  if (name === undefined) return undefined;
  if (kind === 'secretsmanager') return { kind, name, ...(field === undefined ? {} : { field }) };
  if (field !== undefined) return undefined;
  return kind === 'ssm' ? { kind, name } : { kind: 'file', name };
}
