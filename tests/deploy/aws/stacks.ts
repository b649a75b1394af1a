import type { Resources } from '#tests/deploy/templates/template.ts';
import type { Buckets, CloudAnswer } from './object-store.ts';

interface Template {
  readonly Resources: Resources;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

interface Stack {
  status: string;
  template: Template;
  /** a change set that is not executed yet */
  waiting?: Template;
  readonly events: string[];
}

export type Stacks = Map<string, Stack>;

function idOf(name: string): string {
  return `arn:aws:cloudformation:eu-central-1:123456789012:stack/${name}/1`;
}

function ok(action: string, result: string): CloudAnswer {
  return {
    status: 200,
    body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}

function refuse(message: string): CloudAnswer {
  return {
    status: 400,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

/** S3 buckets get a generated name; every other resource keeps its logical id. */
function physicalId(stack: string, id: string, type: string): string {
  return type === 'AWS::S3::Bucket' ? `${stack}-${id}`.toLowerCase() : id;
}

function settle(name: string, stack: Stack, template: Template, buckets: Buckets): void {
  const kind = Object.keys(stack.template.Resources).length === 0 ? 'CREATE' : 'UPDATE';
  stack.template = template;
  stack.status = `${kind}_COMPLETE`;
  stack.events.push(stack.status);
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    const bucket = physicalId(name, id, Type);
    if (Type === 'AWS::S3::Bucket' && !buckets.has(bucket)) buckets.set(bucket, new Map());
  }
}

function templateIn(form: URLSearchParams, buckets: Buckets): Template {
  const inline = form.get('TemplateBody');
  if (inline !== null) return JSON.parse(inline);
  const [, bucket = '', ...key] = new URL(form.get('TemplateURL') ?? '').pathname.split('/');
  const named = [...buckets.keys()].find((name) => form.get('TemplateURL')?.includes(name)) ?? bucket;
  const path = key.join('/');
  const objects = buckets.get(named);
  const found = objects?.get(decodeURIComponent(path)) ?? objects?.get(decodeURIComponent(`${bucket}/${path}`));
  return JSON.parse(found?.body.toString('utf8') ?? '{"Resources":{}}');
}

function stackXml(name: string, { status, template }: Stack): string {
  const outputs = Object.keys(template.Outputs ?? {}).map(
    (key) => `<member><OutputKey>${key}</OutputKey><OutputValue>${key}</OutputValue></member>`,
  );
  return `<StackId>${idOf(name)}</StackId><StackName>${name}</StackName><StackStatus>${status}</StackStatus>
<CreationTime>2035-01-01T00:00:00.000Z</CreationTime><Outputs>${outputs.join('')}</Outputs>`;
}

function eventsXml(name: string, { events }: Stack): string {
  return events
    .map(
      (
        status,
        index,
      ) => `<member><EventId>${index}</EventId><StackId>${idOf(name)}</StackId><StackName>${name}</StackName>
<LogicalResourceId>${name}</LogicalResourceId><PhysicalResourceId>${idOf(name)}</PhysicalResourceId>
<ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>${status}</ResourceStatus>
<Timestamp>${new Date(Date.now() + index).toISOString()}</Timestamp></member>`,
    )
    .reverse()
    .join('');
}

/** Answers as CloudFormation does, but accepts every template and creates its resources at once. */
export function answerAsCloudFormation(
  action: string,
  form: URLSearchParams,
  stacks: Stacks,
  buckets: Buckets,
): CloudAnswer {
  const given = form.get('StackName') ?? '';
  const name = given.startsWith('arn:') ? (given.split('/')[1] ?? '') : given;
  if (action === 'ValidateTemplate') return ok(action, '<Capabilities><member>CAPABILITY_IAM</member></Capabilities>');
  if (action === 'CreateStack' || action === 'CreateChangeSet') {
    const stack: Stack = stacks.get(name) ?? { status: 'REVIEW_IN_PROGRESS', template: { Resources: {} }, events: [] };
    stacks.set(name, stack);
    if (action === 'CreateStack') settle(name, stack, templateIn(form, buckets), buckets);
    else stack.waiting = templateIn(form, buckets);
    return ok(action, `<StackId>${idOf(name)}</StackId><Id>${idOf(name)}</Id>`);
  }
  const stack = stacks.get(name);
  // A deleted stack is found only by its id.
  const isGone = stack?.status === 'DELETE_COMPLETE' && given === name;
  if (stack === undefined || isGone) return refuse(`Stack with id ${name} does not exist`);
  switch (action) {
    case 'DescribeStacks':
      return ok(action, `<Stacks><member>${stackXml(name, stack)}</member></Stacks>`);
    case 'DescribeStackEvents':
      return ok(action, `<StackEvents>${eventsXml(name, stack)}</StackEvents>`);
    case 'DescribeChangeSet':
      return ok(
        action,
        `<StackId>${idOf(name)}</StackId><StackName>${name}</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>`,
      );
    case 'ExecuteChangeSet':
      if (stack.waiting !== undefined) settle(name, stack, stack.waiting, buckets);
      return ok(action, '');
    case 'UpdateStack':
      settle(name, stack, templateIn(form, buckets), buckets);
      return ok(action, `<StackId>${idOf(name)}</StackId>`);
    case 'DeleteStack':
      stack.template = { Resources: {} };
      stack.status = 'DELETE_COMPLETE';
      stack.events.push(stack.status);
      return ok(action, '');
    case 'GetTemplate':
      return ok(
        action,
        `<TemplateBody>${JSON.stringify(stack.template).replace(/&/g, '&amp;').replace(/</g, '&lt;')}</TemplateBody>`,
      );
    case 'DescribeStackResource': {
      const id = form.get('LogicalResourceId') ?? '';
      const resource = stack.template.Resources[id];
      if (resource === undefined) return refuse(`Resource ${id} does not exist for stack ${name}`);
      const physical = physicalId(name, id, resource.Type);
      return ok(
        action,
        `<StackResourceDetail><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${resource.Type}</ResourceType></StackResourceDetail>`,
      );
    }
    case 'DescribeStackResources':
    case 'ListStackResources':
      return ok(action, '<StackResourceSummaries/>');
    default:
      return ok(action, '');
  }
}
