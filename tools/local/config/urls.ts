import { StartError } from '../cli/start-error.ts';

const rules: Record<string, { schemes: string[]; example: string; path: boolean }> = {
  USERS_DATABASE_URL: { schemes: ['mysql:'], example: 'mysql://user:password@host:3306/users', path: true },
  NOTIFICATIONS_DATABASE_URL: {
    schemes: ['mysql:'],
    example: 'mysql://user:password@host:3306/notifications',
    path: true,
  },
  REDIS_URL: { schemes: ['redis:', 'rediss:'], example: 'redis://host:6379', path: false },
  SMTP_URL: { schemes: ['smtp:', 'smtps:'], example: 'smtp://host:1025', path: false },
};

/**
 * Checks the form of a service's URL. The value may hold a password, so no message quotes it.
 * @param name the variable
 * @throws {StartError}
 */
export function parseUrl(name: string, value: string): URL {
  const rule = rules[name];
  if (rule === undefined) throw new TypeError(`no rule for ${name}`);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isComplete = url !== undefined && url.hostname !== '' && (!rule.path || isDatabase(url));
  if (!isComplete || !rule.schemes.includes(url.protocol)) {
    throw new StartError(
      `${name} is ${value.trim() === '' ? 'empty' : 'malformed'}: expected a URL like ${rule.example}`,
    );
  }
  return url;
}

/** The driver takes no parameters behind the name, and credentials have to be decodable. */
function isDatabase({ pathname, search, username, password }: URL) {
  try {
    decodeURIComponent(`${username}${password}`);
  } catch {
    return false;
  }
  return /^\/[A-Za-z0-9_-]+$/.test(pathname) && search === '';
}

/**
 * Checks a comma-separated list of brokers.
 * @param name the variable
 * @throws {StartError}
 */
export function parseBrokers(name: string, value: string): { host: string; port: number }[] {
  return value.split(',').map((entry) => {
    const match = /^([A-Za-z0-9._-]+):(\d{1,5})$/.exec(entry);
    const port = Number(match?.[2]);
    if (!match?.[1] || port < 1 || port > 65535) {
      const problem = value.trim() === '' ? 'empty' : 'malformed';
      throw new StartError(`${name} is ${problem}: expected host:port, several separated by commas`);
    }
    return { host: match[1], port };
  });
}

/** Replaces the password of every URL in a text. */
export function maskSecrets(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, '$1:***@');
}
