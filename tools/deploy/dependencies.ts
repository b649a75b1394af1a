import type { Resources } from './types.ts';

/** @returns the logical ids that a property refers to by Ref or GetAtt */
function referredTo(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referredTo);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    return referredTo(inner);
  });
}

/**
 * Takes away what DependsOn repeats: osls names roles and integrations that the properties refer to anyway. cfn-lint warns of
 * each, and emulators of AWS take its warnings for errors.
 * @param resources changed in place
 */
export function dropImpliedDependencies(resources: Resources) {
  for (const resource of Object.values(resources)) {
    const given = resource.DependsOn;
    if (given === undefined) continue;
    const implied = new Set(referredTo(resource.Properties));
    const left = (Array.isArray(given) ? given : [given]).filter((id) => !implied.has(String(id)));
    if (left.length > 0) resource.DependsOn = left;
    else delete resource.DependsOn;
  }
}
