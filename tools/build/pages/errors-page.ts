import { ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';

/** What a caller should do about each error. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  INVALID_INPUT: 'Correct the fields named in `errors`.',
  MALFORMED_JSON: 'Send one JSON object.',
  BAD_REQUEST: 'Correct the request line or the headers.',
  EMAIL_TAKEN: 'Register with another address, or sign in.',
  INVALID_CREDENTIALS: 'Send the current password as `oldPassword`.',
  UNAUTHORIZED: 'Send `Authorization: Bearer <OPERATOR_TOKEN>`.',
  FORBIDDEN: 'Use an address of the server, or add the page to `CORS_ORIGINS`.',
  NOT_FOUND: 'Check the path: no such user, event, page or route exists.',
  METHOD_NOT_ALLOWED: 'Use a method listed in the header `Allow`.',
  CONFLICT: 'Read the user again, then retry: a concurrent update came first.',
  NOT_RETRIABLE: 'Retry only FAILED events whose user still exists.',
  PAYLOAD_TOO_LARGE: 'Send at most 64 KiB.',
  URI_TOO_LONG: 'Shorten the path and the query.',
  UNSUPPORTED_MEDIA_TYPE: 'Send `Content-Type: application/json`.',
  KEY_REUSED: 'Use a new `Idempotency-Key` for a different body.',
  RATE_LIMITED: 'Retry after the time in `Retry-After`.',
  HEADERS_TOO_LARGE: 'Send fewer or shorter headers.',
  DEPENDENCY_DOWN: 'Retry after the time in `Retry-After`. `/health/ready` names the unavailable dependency.',
  OVERLOADED: 'Retry after the time in `Retry-After`: too many calls are in progress.',
  INTERNAL: 'Report this bug with the `traceId`; the log has the details (`npm run logs -- <traceId>`).',
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

Generated from \`shared/errors/app-error.ts\`; do not edit (see [CONTRIBUTING](../CONTRIBUTING.md)).

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

- \`error\` is fixed by the contract.
- \`code\` is for programs, \`message\` for people.
- \`errors\` is present if fields are invalid.
- Retriable: the same call may succeed later.

| status | code | error | retriable | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
