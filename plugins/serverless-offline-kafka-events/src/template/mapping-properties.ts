/** Properties of AWS::Lambda::EventSourceMapping that the framework does not write for Kafka. */
export type MappingProperties = Record<string, unknown>;

/** From one `kafka:` or `msk:` event of serverless.yml. */
export function mappingProperties(event: Readonly<Record<string, unknown>>): MappingProperties {
  const properties: MappingProperties = {};
  const copy = (from: string, to: string, convert: (value: unknown) => unknown = (value) => value) => {
    const value = event[from];
    if (value !== undefined && value !== null) properties[to] = convert(value);
  };
  copy('functionResponseType', 'FunctionResponseTypes', (value) => [value]);
  copy('maximumRetryAttempts', 'MaximumRetryAttempts');
  copy('maximumRecordAgeInSeconds', 'MaximumRecordAgeInSeconds');
  copy('bisectBatchOnFunctionError', 'BisectBatchOnFunctionError');
  copy('onFailureDestination', 'DestinationConfig', (value) => ({ OnFailure: { Destination: value } }));
  copy('filterPatterns', 'FilterCriteria', (value) => ({
    Filters: Array.isArray(value) ? value.map((pattern: unknown) => ({ Pattern: JSON.stringify(pattern) })) : [],
  }));
  // The framework drops a window of 0, and AWS would then wait its default of 500 ms.
  copy('maximumBatchingWindow', 'MaximumBatchingWindowInSeconds');
  return properties;
}
