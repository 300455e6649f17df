import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { publishedSchemas, toPublished } from '../src/core/schemas.ts';

test.each(Object.entries(publishedSchemas))(
  'docs/schemas/%s is what the code says (node scripts/schemas.mjs writes it)',
  (file, schema) => {
    const published = readFileSync(new URL(`../../docs/schemas/${file}`, import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(toPublished(schema)));
  },
);
