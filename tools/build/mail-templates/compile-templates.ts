import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Eta } from 'eta/core';

/** Function name → template of the mail. */
const TEMPLATES = { html: 'welcome.html.eta', text: 'welcome.txt.eta' } as const;

export function templateFiles(rootDir: string): string[] {
  return Object.values(TEMPLATES).map((file) => path.join(rootDir, 'tools', 'build', 'mail-templates', file));
}

/** Removes the template's indentation to make the mail smaller. */
function withoutIndent(template: string): string {
  return template.replace(/^[ \t]+/gm, '');
}

function functionOf(name: string, template: string, autoEscape: boolean): string {
  const eta = new Eta({ autoEscape, autoTrim: false });
  const body = eta.compileBody(eta.parse(template));
  return `export const ${name} = (it) => {
  const __eta = { res: '', e: escapeHtml };
  ${body.trim().replaceAll('\n', '\n  ')}
  return __eta.res;
};
`;
}

/**
 * Compiles the mail's templates to a module of plain functions, so that the consumer bundles no template engine and rendering is
 * cheap. HTML values are escaped.
 */
export function compiledTemplates(rootDir: string): { code: string; declaration: string } {
  const [html = '', text = ''] = templateFiles(rootDir).map((file) => readFileSync(file, 'utf8'));
  const functions = functionOf('html', withoutIndent(html), true) + functionOf('text', text, false);
  return {
    code: `import { escapeHtml } from '#shared/http/response.ts';\n\n${functions}`,
    declaration: `export interface WelcomeMailData {
  readonly userEmail: string;
}

export declare const html: (it: WelcomeMailData) => string;
export declare const text: (it: WelcomeMailData) => string;
`,
  };
}
