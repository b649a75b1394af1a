import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Page {
  /** Relative to the repository. */
  readonly file: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

const PLUGIN = 'plugins/serverless-offline-kafka-events';
const FOLDERS = ['.', 'docs', 'docs/adr', 'docs/upstream', 'events', PLUGIN, `${PLUGIN}/docs`];

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => path.join(folder, entry.name));
}

/** Every page of the documentation. */
export function pages(): Page[] {
  return FOLDERS.flatMap(markdownIn).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

export function codeBlocks({ file, text }: Page): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    file,
    language,
    code,
  }));
}

/** The text outside code blocks. */
export function proseOf({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

export function linksIn(page: Page): string[] {
  return [...proseOf(page).matchAll(/\]\(<?([^)>\s]+)>?\)/g)].map(([, target = '']) => target);
}

/** The anchors of the page's headings, as GitHub generates them. */
export function anchorsOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
