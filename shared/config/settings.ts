import { ConfigError, checkValue, getConfig, referencesIn } from './config.ts';
import { fetchReference } from './fetch-reference.ts';
import type { ReferableSetting } from './reference.ts';
import { settingsCache } from './settings-cache.ts';

type Setting = ReferableSetting | 'USERS_BASE_URL';

const MINUTE_MS = 60 * 1000;

/**
 * No server rejects these after they were withdrawn, so a fetched value expires, also if the store does not answer. The token:
 * together with API Gateway's 60 s for the authorizer's answer within 5 minutes.
 */
const MAX_AGE_MS: { readonly [name in Setting]?: number } = {
  OPERATOR_TOKEN: 4 * MINUTE_MS,
  MESSAGE_SECRET: 60 * MINUTE_MS,
};

let references: ReturnType<typeof referencesIn> | undefined;

function referenceOf(name: Setting) {
  references ??= referencesIn(process.env);
  return references.get(name);
}

/** The names of all parameters that this process may need; empty once they were fetched together. */
let together: string[] | undefined;

const cache = settingsCache({
  fetch: async (reference, name) => {
    together ??= [...(references ?? [])].flatMap(([, other]) => (other.kind === 'ssm' ? [other.name] : []));
    const value = await fetchReference(reference, name, together);
    if (reference.kind === 'ssm') together = [];
    return checkValue(name, value.trim());
  },
  // The monotonic clock of a frozen function may stand still.
  now: () => Date.now(),
});

/**
 * A setting's value, undefined if it is not set. Asynchronous, because a reference is fetched at first use.
 * @throws AppError DEPENDENCY_DOWN when it cannot be fetched, ConfigError when it is malformed
 */
export async function optionalSetting(name: Setting): Promise<string | undefined> {
  const value = getConfig()[name];
  const reference = referenceOf(name);
  return reference === undefined ? value : cache.get(name, reference, MAX_AGE_MS[name]);
}

/** Like optionalSetting. @throws ConfigError when it is not set */
export async function requiredSetting(name: Setting): Promise<string> {
  const value = await optionalSetting(name);
  if (value === undefined) throw new ConfigError(name, 'is not set');
  return value;
}

/**
 * Fetches a setting again after a server refused its login, because the password may have been rotated. Returns a value other
 * than the refused one, or undefined if there is none (always for a plain value).
 */
export async function renewedSetting(name: Setting, refused: string): Promise<string | undefined> {
  const reference = referenceOf(name);
  return reference === undefined ? undefined : cache.renew(name, reference, refused);
}
