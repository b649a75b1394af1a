import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import document from '#generated/openapi.json' with { type: 'json' };

const file = readFileSync('requests.http', 'utf8');
const requests = [...file.matchAll(/^(GET|POST|PATCH|PUT|DELETE) \{\{(?:base|email)\}\}(\S*)/gm)].map(
  ([, method = '', target = '']) => ({ method, path: (target.split('?')[0] ?? '').replace(/\{\{\w+\}\}/g, '{}') }),
);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`),
);

describe('requests.http', () => {
  it('contains exactly the calls of the API', () => {
    const shown = new Set(requests.map(({ method, path }) => `${method} ${path.replace(/\/\d+$/, '/{}')}`));

    expect([...shown].sort()).toEqual([...operations].sort());
  });

  it('has valid JSON bodies', () => {
    for (const [, body = ''] of file.matchAll(/^content-type: application\/json\n\n(\{[\s\S]*?\n\})$/gim)) {
      expect(() => JSON.parse(body)).not.toThrow();
    }
  });
});
