import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { kafkaLibDir, rootDir, runDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, outputOrFail } from '../services/commands.ts';

const pom = path.join(rootDir, 'tools', 'local', 'install', 'kafka-pom.xml');
const stamp = path.join(kafkaLibDir, 'pom.sha256');

/** Whether the jars that the pom names are installed. */
export function hasKafkaJars(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest();
}

function digest() {
  return createHash('sha256').update(readFileSync(pom)).digest('hex');
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
    await outputOrFail("Downloading Kafka's jars with Maven", maven, ['-q', '-B', '-f', pom, ...goal]);
    writeFileSync(path.join(unfinished, path.basename(stamp)), digest());
    rmSync(kafkaLibDir, { recursive: true, force: true });
    renameSync(unfinished, kafkaLibDir);
  });
}
