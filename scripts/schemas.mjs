// Writes docs/schemas/*.json from the compiled lab: `npm run build && node scripts/schemas.mjs`.
import { writeFileSync } from 'node:fs';
import { publishedSchemas, toPublished } from '../lab/dist/core/schemas.js';

for (const [file, schema] of Object.entries(publishedSchemas))
  writeFileSync(new URL(`../docs/schemas/${file}`, import.meta.url), toPublished(schema));
