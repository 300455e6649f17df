import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/app.ts';
import { useBackend } from './support/backend.ts';

const { backend } = await useBackend();

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('/openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as { openapi: string };
    expect(document.openapi).toBe('3.1.0');
    const result = await new Validator().validate(document);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('has parameters with default and bounds, and the version of the package', async () => {
    const document = (await (await fetch(`${backend.url}/openapi.json`)).json()) as {
      info: { version: string };
      paths: Record<string, { get?: { parameters?: object[] } }>;
    };
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
