import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../cli/start-error.mjs';
import { kafkaLibDir, rootDir, runDir } from '../paths.mjs';
import { withLock } from '../process/lock.mjs';
import { output } from '../services/commands.mjs';

const pom = path.join(rootDir, 'local', 'kafka', 'pom.xml');
const stamp = path.join(kafkaLibDir, 'pom.sha256');

/** @returns {boolean} whether the jars that the pom names are here */
export function hasKafkaJars() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest();
}

const digest = () => createHash('sha256').update(readFileSync(pom)).digest('hex');

/**
 * Fetches Kafka's jars through Maven, once.
 * @param {() => Promise<string>} findMaven
 * @throws {StartError}
 */
export async function ensureKafkaJars(findMaven) {
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
