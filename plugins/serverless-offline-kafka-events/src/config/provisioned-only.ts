/** What −1 retries mean once there is a destination. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
export const DESTINATION_RETRY_ATTEMPTS = 10;

/** Properties that AWS has in provisioned mode only, each with what counts as using it. */
export const PROVISIONED_ONLY: Readonly<Record<string, (value: unknown) => boolean>> = {
  functionResponseType: isPresent,
  maximumRetryAttempts: (value) => isPresent(value) && value !== -1,
  maximumRecordAgeInSeconds: (value) => isPresent(value) && value !== -1,
  bisectBatchOnFunctionError: (value) => value === true,
};

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
