import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Page {
  /** From the repository. */
  readonly file: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

const FOLDERS = ['.', 'docs', 'events', 'plugins/serverless-offline-kafka-events', 'bench'];

const markdownIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => path.join(folder, entry.name));

/** Every page that a reader may come across. */
export const pages = (): Page[] =>
  FOLDERS.flatMap(markdownIn).map((file) => ({ file, text: readFileSync(file, 'utf8') }));

export const codeBlocks = ({ file, text }: Page): CodeBlock[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({ file, language, code }));

/** What is not code. */
const prose = ({ text }: Page): string => text.replace(/^```[\s\S]*?^```$/gm, '');

export const linksIn = (page: Page): string[] =>
  [...prose(page).matchAll(/\]\(<?([^)>\s]+)>?\)/g)].map(([, target = '']) => target);

/** The anchors that a page's headings have, as GitHub makes them. */
export const anchorsOf = (page: Page): string[] =>
  [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
