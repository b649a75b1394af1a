/** A value shared by all loaded versions of the code in this process, built bundles included. */
export function processWide<T>(name: string, initial: () => T): T {
  const key = Symbol.for(`event-driven-registration.${name}`);
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  const value = holder[key] ?? initial();
  holder[key] = value;
  return value;
}
