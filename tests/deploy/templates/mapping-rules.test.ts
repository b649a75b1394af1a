import { describe, expect, it } from 'vitest';
import { mappingProblems } from './mapping-rules.ts';

function mapping(properties: Record<string, unknown>) {
  return {
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties },
  };
}
const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 } };
function to(Destination: string) {
  return { DestinationConfig: { OnFailure: { Destination } } };
}

describe('the rules for event source mappings', () => {
  it.each([
    ['BisectBatchOnFunctionError', true],
    ['MaximumRetryAttempts', 0],
    ['MaximumRecordAgeInSeconds', 60],
    ['FunctionResponseTypes', ['ReportBatchItemFailures']],
  ])('refuse %s without provisioned pollers', (property, value) => {
    expect(mappingProblems(mapping({ [property]: value }))).toEqual([
      `Mapping: ${property} needs ProvisionedPollerConfig`,
    ]);
    expect(mappingProblems(mapping({ [property]: value, ...provisioned }))).toEqual([]);
  });

  it('refuse a topic as the destination without provisioned pollers', () => {
    expect(mappingProblems(mapping(to('kafka://failed')))).toHaveLength(1);
    expect(mappingProblems(mapping({ ...to('kafka://failed'), ...provisioned }))).toEqual([]);
    expect(mappingProblems(mapping(to('arn:aws:sqs:eu-central-1:123456789012:q')))).toEqual([]);
  });

  it('refuse a destination of fewer than twelve characters', () => {
    expect(mappingProblems(mapping({ ...to('kafka://abc'), ...provisioned }))).toHaveLength(1);
    expect(mappingProblems(mapping({ ...to('kafka://abcd'), ...provisioned }))).toEqual([]);
  });
});
