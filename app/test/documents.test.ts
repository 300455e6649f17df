import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../src/app.ts';
import { ERRORS, entryOf, type ErrorCode } from '../src/errors.ts';
import { startBackend, type TestBackend } from './support/backend.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
let backend: TestBackend;

beforeAll(async () => {
  database = await createTestDatabase();
  backend = await startBackend({ DATABASE_URL: database.url, DOWNSTREAM_SERVICE_URL: 'http://127.0.0.1:1' });
});
afterAll(async () => {
  await backend.stop();
  await database.drop();
});

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The cells of the tables of a page, without headings and rulers; code marks taken off. */
async function tableRows(path: string): Promise<string[][]> {
  const lines = (await read(path)).split('\n');
  return lines
    .filter(
      (line, index) =>
        line.startsWith('|') && !/^\|[ :|-]+\|$/.test(line) && !/^\|[ :|-]+\|$/.test(lines[index + 1] ?? ''),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('/openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as { openapi: string };
    expect(document.openapi).toBe('3.1.0');
    const result = await new Validator().validate(document);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('has every path with its parameters, defaults and bounds, and the version of the package', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as {
      info: { version: string };
      paths: Record<string, { get?: { parameters?: object[] } }>;
    };
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        '/',
        '/api/call-downstream',
        '/api/cascade-failure',
        '/api/no-timeout',
        '/api/noop',
        '/api/tasks',
        '/api/tasks/{id}',
        '/health',
        '/livez',
        '/metrics',
        '/readyz',
      ].sort(),
    );
    expect(document.paths['/api/call-downstream']?.get?.parameters).toMatchObject([
      { name: 'timeout', in: 'query', required: false, schema: { default: 5, minimum: 0.001, maximum: 60 } },
    ]);
    const { version } = JSON.parse(await read('app/package.json')) as { version: string };
    expect([VERSION, document.info.version]).toEqual([version, version]);
  });
});

describe('/docs', () => {
  it('works offline: nothing on the page comes from another host', async () => {
    const page = await (await fetch(`${backend.url}/docs/`)).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) {
      expect(address).not.toMatch(/^(?:https?:)?\/\//);
      const response = await fetch(new URL(address, `${backend.url}/docs/`));
      expect([address, response.status]).toEqual([address, 200]);
    }
  });
});

describe('docs/errors.md', () => {
  it('has every error of the table with its status, and no other', async () => {
    const documented = (await tableRows('docs/errors.md')).map(([code, status, title, hint]) => [
      code,
      status,
      title,
      hint,
    ]);
    const actual = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
      const { status, title, hint } = entryOf(code);
      return [code, String(status), title, hint];
    });
    expect(documented).toEqual(actual);
  });
});

describe('docs/metrics.md', () => {
  it('has every metric that /metrics serves, with type and labels, and no other', async () => {
    await fetch(`${backend.url}/api/tasks`);
    await fetch(`${backend.url}/api/call-downstream`);
    const documented = (await tableRows('docs/metrics.md')).map(([name, type]) => `${name} ${type}`);
    const text = await (await fetch(`${backend.url}/metrics`)).text();
    const served = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(documented.sort()).toEqual(served.sort());
  });

  it('names the labels that the series have', async () => {
    const text = await (await fetch(`${backend.url}/metrics`)).text();
    for (const [name = '', , labels = ''] of await tableRows('docs/metrics.md')) {
      const series = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'm').exec(text)?.[1] ?? '';
      const seen = [...series.matchAll(/([a-z0-9_]+)="/g)]
        .map((match) => match[1])
        .filter((label) => label !== 'le');
      if (series === '' && labels !== '') continue;
      expect([name, seen]).toEqual([name, labels === '' ? [] : labels.split(', ')]);
    }
  });
});
