/** A text or a CloudFormation function such as Ref or Fn::Sub. */
export type Value = string | Record<string, unknown>;

export type Resource = { Type: string; Properties?: Record<string, unknown> } & Record<string, unknown>;

/** Resources of a CloudFormation template, by logical id. */
export type Resources = Record<string, Resource>;

/** @returns the logical ids that a property refers to by Ref or GetAtt */
function referencedIds(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencedIds);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref' && typeof inner === 'string') return [inner];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    return referencedIds(inner);
  });
}

/**
 * Removes from DependsOn what a resource's properties already imply. osls lists roles and integrations there as well; cfn-lint
 * warns about each, and emulators of AWS treat its warnings as errors.
 * @param resources changed in place
 */
export function dropImpliedDependencies(resources: Resources): void {
  for (const resource of Object.values(resources)) {
    const declared = resource.DependsOn;
    if (declared === undefined) continue;
    const implied = new Set(referencedIds(resource.Properties));
    const remaining = (Array.isArray(declared) ? declared : [declared]).filter((id) => !implied.has(String(id)));
    if (remaining.length > 0) resource.DependsOn = remaining;
    else delete resource.DependsOn;
  }
}
