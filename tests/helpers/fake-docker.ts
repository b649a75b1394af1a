import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface FakeDocker {
  /** A PATH on which it is the first `docker`. */
  readonly path: string;
  /** The arguments of each call so far, without Compose's --progress. */
  calls(): string[];
}

/**
 * A `docker` for one test that runs a shell script. `$*` holds its arguments; a line appended to `$CALLS` is a call.
 * @param script such as `case "$*" in *" up "*) exec sleep 60 ;; esac`
 */
export function fakeDocker(script: string): FakeDocker {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'docker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'calls');
  writeFileSync(log, '');
  const lines = ['#!/bin/sh', `CALLS='${log}'`, 'echo "$*" >>"$CALLS"', script, ''];
  writeFileSync(path.join(folder, 'docker'), lines.join('\n'), { mode: 0o755 });
  return {
    path: `${folder}${path.delimiter}${process.env['PATH']}`,
    calls: () => readFileSync(log, 'utf8').replaceAll(' --progress quiet', '').split('\n').filter(Boolean),
  };
}
