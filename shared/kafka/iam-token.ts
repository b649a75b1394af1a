import { awsCredentials } from '#shared/config/fetch-reference.ts';

/** Amazon's limit. The client asks for a new token before each login. */
const EXPIRES_SECONDS = 900;

/**
 * The login of an MSK cluster with IAM authentication: a presigned URL, as
 * https://github.com/aws/aws-msk-iam-sasl-signer-js makes it, signed with the function's role.
 */
export async function iamToken(): Promise<{ readonly value: string }> {
  const { AwsV4Signer } = await import('aws4fetch');
  const region = process.env['AWS_REGION'] ?? '';
  const { url } = await new AwsV4Signer({
    url: `https://kafka.${region}.amazonaws.com/?Action=kafka-cluster%3AConnect&X-Amz-Expires=${EXPIRES_SECONDS}`,
    method: 'GET',
    service: 'kafka-cluster',
    region,
    ...awsCredentials(),
    signQuery: true,
  }).sign();
  url.searchParams.set('User-Agent', 'event-driven-registration');
  return { value: Buffer.from(url.href).toString('base64url') };
}
