import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const execute = promisify(execFile);

/** Runs a program and returns its standard output. @throws with the last 4,000 characters of its output if it fails */
export async function run(file: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<string> {
  try {
    const { stdout } = await execute(file, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const output =
      error instanceof Error && 'stdout' in error && 'stderr' in error ? `${error.stdout}${error.stderr}` : '';
    throw new Error(`${file} ${args.join(' ')} failed:\n${output.slice(-4000)}`, { cause: error });
  }
}
