/** A failed call, with a message for the page. */
export class ApiError extends Error {
  /** 0: no response. */
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.fields = fields;
  }
}

interface ErrorBody {
  readonly message?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

const TOKEN_KEY = 'operator-token';
const LIMIT_MS = 5000;

export const token = {
  get: (): string => sessionStorage.getItem(TOKEN_KEY) ?? '',
  set: (value: string): void => sessionStorage.setItem(TOKEN_KEY, value),
  forget: (): void => sessionStorage.removeItem(TOKEN_KEY),
};

async function failure(response: Response): Promise<ApiError> {
  const body: ErrorBody = await response.json().catch(() => ({}));
  return new ApiError(response.status, body.message ?? `Status ${response.status}`, body.errors);
}

/**
 * Calls the API with the stored token and returns the response's JSON.
 * @param also statuses other than 2xx that do not throw
 * @throws ApiError
 */
export async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  { body, also = [] }: { body?: unknown; also?: readonly number[] } = {},
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token.get() !== '' && path.startsWith('/api/')) headers['authorization'] = `Bearer ${token.get()}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      signal: AbortSignal.timeout(LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'The API does not respond.');
  }
  if (!response.ok && !also.includes(response.status)) throw await failure(response);
  return response.json();
}
