import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { kafkaLibDir, rootDir, runDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, outputOrFail } from '../services/commands.ts';

const folder = path.join(rootDir, 'tools', 'local', 'install');
const pom = path.join(folder, 'kafka-pom.xml');
/** Every jar with its SHA-256, in the format of sha256sum: Maven verifies only that a download is complete. */
const checksums = path.join(folder, 'kafka-jars.sha256');
const stamp = path.join(kafkaLibDir, 'pom.sha256');

/** Whether the jars that the pom names are installed. */
export function hasKafkaJars(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest();
}

function sha256(...files: string[]) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

function digest() {
  return sha256(pom, checksums);
}

/**
 * Compares the jars in a folder with a list of their checksums, in both directions.
 * @throws {StartError} that names the jars
 */
export function verifyJars(jars: string, list: string): void {
  const wanted = new Set(list.split('\n').filter((line) => line !== ''));
  const found = readdirSync(jars).map((name) => `${sha256(path.join(jars, name))}  ${name}`);
  const nameOf = (line: string) => line.split('  ')[1];
  const wrong = found.filter((line) => !wanted.delete(line)).map(nameOf);
  const missing = [...wanted].map(nameOf).filter((name) => !wrong.includes(name));
  if (wrong.length === 0 && missing.length === 0) return;
  const problems = [
    ...wrong.map((name) => `${name} has another checksum`),
    ...missing.map((name) => `${name} is missing`),
  ];
  throw new StartError(`Kafka's jars are not those of ${path.basename(checksums)}: ${problems.join(', ')}`);
}

/**
 * Downloads Kafka's jars with Maven, once.
 * @throws {StartError}
 */
export async function ensureKafkaJars(): Promise<void> {
  if (hasKafkaJars()) return;
  await withLock(path.join(runDir, 'kafka-jars.lock'), async () => {
    if (hasKafkaJars()) return;
    const maven = findCommand('mvn');
    if (maven === undefined) throw new StartError('mvn is not on the PATH: install Maven');
    const unfinished = `${kafkaLibDir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`];
    await outputOrFail("Downloading Kafka's jars with Maven", maven, ['-q', '-B', '-C', '-f', pom, ...goal]);
    verifyJars(unfinished, readFileSync(checksums, 'utf8'));
    writeFileSync(path.join(unfinished, path.basename(stamp)), digest());
    rmSync(kafkaLibDir, { recursive: true, force: true });
    renameSync(unfinished, kafkaLibDir);
  });
}
