import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { waitFor } from './wait-for.ts';

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL?: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly callFrames?: readonly Frame[] } & Partial<Script>;
  readonly error?: { readonly message: string };
}

interface Frame {
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

/** A place in a source file: 0-based. */
interface Place {
  readonly file: string;
  readonly line: number;
}

/** A debugger: speaks the inspector's protocol, and finds `.ts` lines through the source maps of what is loaded. */
export interface Inspector {
  /** The loaded scripts that a source file went into, oldest first. */
  scriptsOf(file: string): readonly Script[];
  /** Sets a breakpoint where `text` begins in a source file, in the newest script that was built from it. */
  breakAt(file: string, text: string): Promise<void>;
  /** Waits until the process pauses; returns the place in the source, and lets the process continue. */
  paused(): Promise<Place>;
  close(): void;
}

function mapOf({ url, sourceMapURL }: Script) {
  const script = fileURLToPath(url);
  const file = path.resolve(path.dirname(script), sourceMapURL ?? '');
  const payload = JSON.parse(readFileSync(file, 'utf8'));
  const sources: string[] = payload.sources.map((source: string) => path.resolve(path.dirname(file), source));
  return { map: new SourceMap(payload), sources, payload, lines: readFileSync(script, 'utf8').split('\n') };
}

/** Where the code of a place in a source begins in a script. */
function generatedPlace(script: Script, file: string, text: string) {
  const { map, sources, payload, lines } = mapOf(script);
  const before = readFileSync(file, 'utf8').split(text)[0]?.split('\n') ?? [];
  const [line, column] = [before.length - 1, before.at(-1)?.length ?? 0];
  const source = payload.sources[sources.indexOf(file)];
  for (const [lineNumber, { length }] of lines.entries()) {
    for (let columnNumber = 0; columnNumber < length; columnNumber++) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if (!('originalLine' in entry) || entry.originalSource !== source) continue;
      if (entry.originalLine === line && entry.originalColumn === column) return { lineNumber, columnNumber };
    }
  }
  throw new Error(`no code for '${text}' of ${file} in ${script.url}`);
}

/** Attaches to a Node process that runs with --inspect. */
export async function attachInspector(port: number): Promise<Inspector> {
  const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then((response) => response.text());
  const [target] = JSON.parse(targets);
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  const scripts: Script[] = [];
  const pauses: Frame[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  let lastId = 0;

  socket.on('message', (data) => {
    const message: Message = JSON.parse(String(data));
    const { id, method, params } = message;
    if (id !== undefined) waiting.get(id)?.(message);
    if (method === 'Debugger.scriptParsed' && params?.sourceMapURL && params.url?.startsWith('file:'))
      scripts.push({ scriptId: '', url: '', ...params });
    if (method === 'Debugger.paused') pauses.push(...(params?.callFrames?.slice(0, 1) ?? []));
  });

  const send = async (method: string, params = {}): Promise<void> => {
    const id = ++lastId;
    const answered = new Promise<Message>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  };
  const scriptsOf = (file: string) =>
    scripts.filter((script) => script.url.includes('/dist/') && mapOf(script).sources.includes(file));

  await send('Debugger.enable');
  return {
    scriptsOf,
    async breakAt(file, text) {
      const script = scriptsOf(file).at(-1);
      if (script === undefined) throw new Error(`${file} is not loaded`);
      await send('Debugger.setBreakpointByUrl', { url: script.url, ...generatedPlace(script, file, text) });
    },
    async paused() {
      await waitFor(() => pauses.length > 0, { what: 'a breakpoint' });
      const { location } = pauses.shift() ?? {};
      const script = scripts.find(({ scriptId }) => scriptId === location?.scriptId);
      if (script === undefined || location === undefined) throw new Error('paused outside the application');
      const { map, sources, payload } = mapOf(script);
      const entry = map.findEntry(location.lineNumber, location.columnNumber);
      if (!('originalLine' in entry)) throw new Error('paused where the map names no source');
      await send('Debugger.resume');
      return { file: sources[payload.sources.indexOf(entry.originalSource)] ?? '', line: entry.originalLine };
    },
    close: () => socket.close(),
  };
}
