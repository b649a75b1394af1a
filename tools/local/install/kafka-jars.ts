import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { kafkaLibDir, rootDir, runDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { output } from '../services/commands.ts';

const pom = path.join(rootDir, 'tools', 'local', 'install', 'kafka-pom.xml');
const stamp = path.join(kafkaLibDir, 'pom.sha256');

/** @returns whether the jars that the pom names are here */
export function hasKafkaJars(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest();
}

function digest() {
  return createHash('sha256').update(readFileSync(pom)).digest('hex');
}

/**
 * Fetches Kafka's jars through Maven, once.
 * @throws {StartError}
 */
export async function ensureKafkaJars(findMaven: () => Promise<string>) {
  if (hasKafkaJars()) return;
  await withLock(path.join(runDir, 'kafka-jars.lock'), async () => {
    if (hasKafkaJars()) return;
    const unfinished = `${kafkaLibDir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    try {
      await output(await findMaven(), [
        '-q',
        '-B',
        '-f',
        pom,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${unfinished}`,
      ]);
    } catch (error) {
      if (error instanceof StartError) throw error;
      throw new StartError(`Maven could not fetch Kafka's jars:\n${error instanceof Error ? error.message : error}`);
    }
    writeFileSync(path.join(unfinished, path.basename(stamp)), digest());
    rmSync(kafkaLibDir, { recursive: true, force: true });
    renameSync(unfinished, kafkaLibDir);
  });
}
