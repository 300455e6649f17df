import { expect, it } from 'vitest';
import { sampleRun } from '../../test/fixtures/sample-run.ts';
import { toRunDocument } from './fold.ts';
import { renderJson } from './json.ts';

it('is the document itself, for people and programs', () => {
  const document = toRunDocument(sampleRun());
  expect(JSON.parse(renderJson(document))).toEqual(document);
  expect(renderJson(document)).toMatch(/^\{\n {2}"schemaVersion": 1,\n/);
  expect(renderJson(document).endsWith('}\n')).toBe(true);
});
