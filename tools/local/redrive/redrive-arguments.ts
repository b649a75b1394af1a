import { parseArgs } from 'node:util';
import { StartError } from '../cli/start-error.ts';

export interface RedriveOptions {
  baseUrl: string;
  token: string | undefined;
  /** shows what there is and changes nothing */
  isList: boolean;
  /** only events whose reason contains it */
  reason: string | undefined;
  /** events at most */
  limit: number;
}

const known = {
  list: { type: 'boolean', default: false },
  reason: { type: 'string' },
  limit: { type: 'string' },
  url: { type: 'string' },
} as const;

/** @throws {StartError} that names the option or variable */
export function redriveOptions(args: string[], env: Record<string, string | undefined>): RedriveOptions {
  const { list, reason, limit, url } = parse(args);
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit))
    throw new StartError('--limit must be a whole number from 1');
  const port = env.HTTP_PORT || '8081';
  const base = url ?? env.USERS_BASE_URL ?? `http://127.0.0.1:${port}`;
  if (!/^https?:\/\/\S+$/.test(base) || !URL.canParse(base))
    throw new StartError(`${url === undefined ? 'USERS_BASE_URL' : '--url'} must be an http:// or https:// URL`);
  return {
    baseUrl: base.replace(/\/+$/, ''),
    token: firstToken(env.OPERATOR_TOKEN ?? ''),
    isList: list,
    reason,
    limit: limit === undefined ? Number.POSITIVE_INFINITY : Number(limit),
  };
}

/** Of several tokens the first that is there itself: of some the system knows the hash only. */
function firstToken(setting: string) {
  return setting.split(',').find((entry) => entry !== '' && !entry.startsWith('sha256:'));
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: known }).values;
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : '').split('. ');
    throw new StartError(`${problem}; --help tells what is understood`);
  }
}
