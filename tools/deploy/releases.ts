import type { FunctionDefinition } from './osls.ts';
import type { Resource, Resources } from './template.ts';

/** The alias that API, mappings and schedules invoke. osls points them there if a function has a `targetAlias`. */
export function liveAlias(functionId: string): { name: string; logicalId: string } {
  return { name: 'live', logicalId: `${functionId}Alias` };
}

export interface Released {
  /** the function's logical id */
  id: string;
  definition: FunctionDefinition;
}

/**
 * Aliases of the functions' newest versions. Those of HTTP functions shift gradually and return to the version before as soon as
 * one of the alarms fires.
 * @param shift a CodeDeploy configuration such as LambdaCanary10Percent10Minutes; empty: all at once, without CodeDeploy
 * @param versions logical ids of the functions' versions, by the functions' logical ids
 */
export function releases(
  released: readonly Released[],
  versions: ReadonlyMap<string, string>,
  { shift, alarms }: { shift: string; alarms: readonly string[] },
): Resources {
  const resources: Resources = {};
  const isGradual = ({ definition }: Released) => shift !== '' && definition.events.some((event) => 'httpApi' in event);
  for (const each of released) {
    const { name, logicalId } = liveAlias(each.id);
    resources[logicalId] = {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        Name: name,
        FunctionName: { Ref: each.id },
        FunctionVersion: { 'Fn::GetAtt': [versions.get(each.id), 'Version'] },
      },
      ...(isGradual(each) ? { UpdatePolicy: { CodeDeployLambdaAliasUpdate: shiftOf(each.id) } } : {}),
    };
  }
  const gradual = released.filter(isGradual);
  if (gradual.length === 0) return resources;
  resources.ReleaseApplication = { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } };
  resources.ReleaseRole = ROLE;
  for (const { id } of gradual) resources[`${id}Release`] = deploymentGroup(shift, alarms);
  return resources;
}

function shiftOf(functionId: string) {
  return { ApplicationName: { Ref: 'ReleaseApplication' }, DeploymentGroupName: { Ref: `${functionId}Release` } };
}

const ROLE: Resource = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: ['codedeploy.amazonaws.com'] }, Action: ['sts:AssumeRole'] },
      ],
    },
    ManagedPolicyArns: [
      { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited` },
    ],
  },
};

function deploymentGroup(shift: string, alarms: readonly string[]): Resource {
  return {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    Properties: {
      ApplicationName: { Ref: 'ReleaseApplication' },
      ServiceRoleArn: { 'Fn::GetAtt': ['ReleaseRole', 'Arn'] },
      DeploymentConfigName: `CodeDeployDefault.${shift}`,
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      AlarmConfiguration: { Enabled: true, Alarms: alarms.map((id) => ({ Name: { Ref: id } })) },
    },
  };
}
