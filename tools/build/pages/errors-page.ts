import { ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';

/** What a caller does about each error. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  INVALID_INPUT: 'Correct the fields that `errors` names.',
  MALFORMED_JSON: 'Send one JSON object.',
  BAD_REQUEST: 'Correct the request line or the headers.',
  EMAIL_TAKEN: 'Register with another address, or sign in.',
  INVALID_CREDENTIALS: 'Send the password that the user has now as `oldPassword`.',
  UNAUTHORIZED: 'Send `Authorization: Bearer <OPERATOR_TOKEN>`.',
  NOT_FOUND: 'There is no such user, event, page or address.',
  METHOD_NOT_ALLOWED: 'Use one of the methods that the header `Allow` names.',
  CONFLICT: 'Somebody else was faster: read again, then try again.',
  NOT_RETRIABLE: 'Only a FAILED event whose user still exists can be retried.',
  PAYLOAD_TOO_LARGE: 'Send at most 64 KiB.',
  URI_TOO_LONG: 'Shorten path and query.',
  UNSUPPORTED_MEDIA_TYPE: 'Send `Content-Type: application/json`.',
  KEY_REUSED: 'Use a new `Idempotency-Key` for another body.',
  RATE_LIMITED: 'Wait as long as `Retry-After` says.',
  HEADERS_TOO_LARGE: 'Send fewer or shorter headers.',
  DEPENDENCY_DOWN: 'A server that we need is away: wait as long as `Retry-After` says. `/health/ready` tells which.',
  OVERLOADED: 'Too much is under way: wait as long as `Retry-After` says.',
  INTERNAL: 'A bug of ours: report it with the `traceId`; the log has the rest (`npm run logs -- <traceId>`).',
};

const rows = (Object.keys(ERROR_CODES) as ErrorCode[])
  .sort((a, b) => ERROR_CODES[a].status - ERROR_CODES[b].status)
  .map((code) => {
    const { status, error, retriable } = ERROR_CODES[code];
    return `| ${status} | \`${code}\` | ${error} | ${retriable ? 'yes' : 'no'} | ${ADVICE[code]} |`;
  });

/** docs/errors.md */
export function errorsPage(): string {
  return `# Errors

Made from the list in \`shared/errors/app-error.ts\`; not edited by hand (see [CONTRIBUTING](../CONTRIBUTING.md)).

Every error is \`application/json\`:

\`\`\`json
{
  "error": "Errors was detected in received data!",
  "message": "See errors for what is wrong with each field.",
  "time": "2026-01-31T12:00:00.000Z",
  "status": 400,
  "code": "INVALID_INPUT",
  "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
  "errors": { "email": "Provide correct email syntax, between 5 and 32!" }
}
\`\`\`

\`error\` is fixed by the contract, \`code\` is what programs look at, \`message\` is for people, \`errors\` is there where fields are
wrong. Retriable means that the very same call may succeed later.

| status | code | error | retriable | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
