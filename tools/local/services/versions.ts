/** The oldest release of each server that the local run is tested with. */
export const minimumVersions = { mariadb: '10.6', redis: '6.2', java: '17' };

/**
 * The first version number in what a program prints about itself.
 * @param text such as `mariadbd  Ver 10.11.19-MariaDB` or `openjdk version "17.0.15" 2025-04-15`
 */
export function findVersion(text: string): string | undefined {
  return /(?:\bVer |\bv=|version "|\bversion )(\d+(?:\.\d+)*)/i.exec(text)?.[1];
}

export function isAtLeast(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of (need ?? []).entries()) {
    const found = have?.[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
