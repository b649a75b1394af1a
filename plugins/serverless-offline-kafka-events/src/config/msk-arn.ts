import { isObject } from './value.ts';

/** The cluster's ARN; a CloudFormation reference, which only a deploy resolves, gives one that says so. */
export function mskArn(arn: unknown, region: string): string {
  if (typeof arn === 'string') return arn;
  const reference = isObject(arn) ? (arn.Ref ?? arn['Fn::ImportValue']) : undefined;
  const name = typeof reference === 'string' ? reference : 'cluster';
  return `arn:aws:kafka:${region}:000000000000:cluster/${name}/00000000-0000-0000-0000-000000000000-0`;
}
