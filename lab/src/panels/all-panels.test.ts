import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allPanels } from './all-panels.ts';

const folder = new URL('.', import.meta.url);

it('lists exactly the panels of the folder, each named as its file', () => {
  const defining = readdirSync(folder).filter(
    (file) =>
      /(?<!\.test)\.ts$/.test(file) && readFileSync(new URL(file, folder), 'utf8').includes('= definePanel('),
  );
  expect(allPanels.map(({ name }) => `${name}.ts`).sort()).toEqual(defining.sort());
});

it('has a test beside each panel', () => {
  const files = readdirSync(folder);
  for (const { name } of allPanels) expect(files).toContain(`${name}.test.ts`);
});
