const supportedNode = '^20.19 || ^22.13 || >=24';

/**
 * Whether this Node can run the project. Readable by every Node that knows modules, or it could not say so.
 * @param version such as 20.19.1
 */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

/** Ends the process, with one line that says why, when this Node is not supported. */
export function requireSupportedNode(version: string = process.versions.node) {
  if (isSupportedNode(version)) return;
  process.stderr.write(`This project needs Node ${supportedNode}, and this is ${version} (${process.execPath}).\n`);
  process.exit(1);
}
