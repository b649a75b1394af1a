import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ofType, resourcesOf, templatesIn } from '#tests/deploy/templates/template.ts';
import { run } from '#tests/deploy/tools/run.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { storeEnvironment } from './secret-store.ts';

const STACK = 'registration-prod';
const sls = path.resolve('node_modules/serverless/bin/serverless.js');
const zips = inject('packages')['prod'] ?? '';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(() => cloud.stop());

function serverless(command: string, ...args: string[]): Promise<string> {
  return run(process.execPath, [sls, command, '--stage', 'prod', ...args], {
    env: {
      ...storeEnvironment(cloud.url),
      AWS_SESSION_TOKEN: undefined,
      ZIPS_FROM: zips,
      TOPIC_PREFIX: '',
      GROUP_PREFIX: '',
    },
  });
}

/** Replaces what differs between two uploads of the same stack. */
function withoutUploads(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, entry: unknown) => (key === 'S3Key' ? 'key' : entry)).replace(
      /LambdaVersion[A-Za-z0-9]+/g,
      'LambdaVersion',
    ),
  );
}

describe('sls with AWS_ENDPOINT_URL and arbitrary keys', () => {
  it('deploys every resource of the packaged template, and every zip', async () => {
    await serverless('deploy');

    const expected = resourcesOf(templatesIn(zips)[1] ?? '');
    const deployed = cloud.resources(STACK);
    expect(withoutUploads(deployed)).toEqual(withoutUploads(expected));
    const [bucket] = cloud.buckets.values();
    const keys = [...ofType(deployed, 'AWS::Lambda::Function').values()].map(
      ({ Code }) => JSON.parse(JSON.stringify(Code)).S3Key,
    );
    for (const key of keys) expect(bucket?.get(key)?.body.subarray(0, 2).toString()).toBe('PK');
  });

  it('updates the stack', async () => {
    await serverless('deploy', '--param', 'logRetentionDays=14');

    for (const { RetentionInDays } of ofType(cloud.resources(STACK), 'AWS::Logs::LogGroup').values())
      expect(RetentionInDays).toBe(14);
    expect(cloud.stacks.get(STACK)?.status).toBe('UPDATE_COMPLETE');
  });

  it('rolls back to an earlier package', async () => {
    await serverless('deploy', '--package', zips);

    const before = resourcesOf(templatesIn(zips)[1] ?? '');
    expect(withoutUploads(cloud.resources(STACK))).toEqual(withoutUploads(before));
    expect(cloud.stacks.get(STACK)?.status).toBe('UPDATE_COMPLETE');
  });

  it('removes the stack and its uploads', async () => {
    await serverless('remove');

    expect(cloud.stacks.get(STACK)?.status).toBe('DELETE_COMPLETE');
    for (const objects of cloud.buckets.values()) expect(objects.size).toBe(0);
  });

  it('refuses to deploy placeholders to AWS itself', async () => {
    const env = { AWS_ENDPOINT_URL: undefined, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', ZIPS_FROM: zips };

    for (const args of [[], ['--package', zips]])
      await expect(run(process.execPath, [sls, 'deploy', '--stage', 'prod', ...args], { env })).rejects.toThrow(
        /Not deployed: subnetIds, securityGroupIds, kafkaBrokers, alarmEmail not set\. Set them in tools\/deploy/,
      );
  });

  it.each([
    ['operatorToken=a-token-of-more-than-32-characters-in-plain-text', 'OPERATOR_TOKEN'],
    ['usersDatabaseUrl=mysql://users:secret@db.example.com:3306/users', 'USERS_DATABASE_URL'],
    ['idempotencySecret=a-secret-of-this-test-alone', 'IDEMPOTENCY_SECRET'],
  ])('refuses a secret in plain text: %s', async (parameter, variable) => {
    const packaging = run(process.execPath, [sls, 'package', '--stage', 'prod', '--param', parameter]);
    const printed = await packaging.catch((error: unknown) => String(error).split(' failed:\n')[1]);

    expect(printed).toContain(`Not packaged: ${variable} would be in the template in plain text`);
    expect(printed).not.toContain(parameter.split('=')[1]);
  });

  it.each([
    ['kafkaPartitions=abc', "kafkaPartitions is 'abc' instead of a whole number"],
    ['maximumPollers=3', 'maximumPollers needs minimumPollers'],
    ['schedule=rate(15 minutes)', "schedule is 'rate(15 minutes)'"],
  ])('refuses %s', async (parameter, problem) => {
    const packaging = run(process.execPath, [sls, 'package', '--stage', 'prod', '--param', parameter]);

    await expect(packaging).rejects.toThrow(problem);
  });

  it.each([
    [[]],
    [['--stage', 'local']],
    [['--stage', 'selfhosted']],
    [['--stage', 'local', '--package', zips]],
    [['--stage', 'prod', '--package', inject('packages')['local'] ?? '']],
  ])('refuses to deploy an open stage: %j', async (args) => {
    const env = storeEnvironment(cloud.url);

    await expect(run(process.execPath, [sls, 'deploy', ...args], { env })).rejects.toThrow(
      /Not deployed: the stage (local|selfhosted) is not for AWS/,
    );
    expect(cloud.stacks.size).toBe(1);
  });
});
