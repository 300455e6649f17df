import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadScenarios } from '../src/commands/catalogue.ts';
import { roleWords } from '../src/report/words.ts';

const folder = fileURLToPath(new URL('../../docs/scenarios/', import.meta.url));
const read = (name: string) =>
  readFileSync(`${folder}${name}`, 'utf8').replaceAll(/ +/g, ' ').replaceAll('\\', '');
const scenarios = await loadScenarios();

test.each(scenarios)('the page of $name says what the catalogue says, and shows its picture', (scenario) => {
  const page = read(`${scenario.name}.md`);
  const said = [scenario.question, scenario.story.watch, scenario.story.production, scenario.story.resembles];
  for (const text of said) expect(page).toContain(text.replaceAll(/ +/g, ' '));
  for (const [name, { role, summary, declared }] of Object.entries(scenario.arms))
    expect(page).toContain(`| \`${name}\` | ${roleWords(role)} | ${summary} | ${declared ?? 'nothing'} |`);
  expect(page).toContain(`images/${scenario.name}.svg`);
  expect(existsSync(`${folder}images/${scenario.name}.svg`)).toBe(true);
});

test.each(scenarios)('in the run on the page of $name every arm got its declared verdict', (scenario) => {
  const page = read(`${scenario.name}.md`);
  for (const [name, { declared }] of Object.entries(scenario.arms))
    expect(page).toContain(`| \`${name}\` | ${declared ?? ''} | `);
});

test('the index names every scenario with its question', () => {
  const index = read('README.md');
  for (const { name, question } of scenarios)
    expect(index).toContain(`| [${name}](${name}.md) | ${question} |`);
});
