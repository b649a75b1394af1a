import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const { configurations } = read<{ configurations: { preLaunchTask?: string; port?: number; program?: string }[] }>(
  '.vscode/launch.json',
);
const { tasks } = read<{ tasks: { label: string; script?: string; command?: string }[] }>('.vscode/tasks.json');
const { scripts } = read<{ scripts: Record<string, string> }>('package.json');

describe('.vscode', () => {
  it('starts only tasks that exist, and these only scripts that exist', () => {
    const labels = tasks.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(configurations.flatMap((one) => one.preLaunchTask ?? [])));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(tasks.flatMap(({ script }) => script ?? [])));
  });

  it('attaches to the port of npm start -- --inspect', () => {
    const command = readFileSync('tools/local/commands/start.ts', 'utf8');
    for (const { port } of configurations.filter((one) => one.port !== undefined))
      expect(command).toContain(`DEBUGGER_PORT = ${port};`);
  });
});
