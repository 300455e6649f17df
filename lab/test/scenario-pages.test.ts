import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadScenarios } from '../src/commands/catalogue.ts';
import { resolveArm } from '../src/core/resolve-arm.ts';
import type { Arm, Claim, Scenario } from '../src/core/scenario.ts';
import { toSetup } from '../src/experiment/judge-arm.ts';
import type { ArmOptions } from '../src/experiment/arm-options.ts';
import { formatValue } from '../src/report/format.ts';
import { setupParts } from '../src/report/page.ts';
import { roleWords, toneOf } from '../src/report/words.ts';

const folder = fileURLToPath(new URL('../../docs/scenarios/', import.meta.url));
const scenarios = await loadScenarios();
const names = scenarios.map(({ name }) => name);
const armsOf = (scenario: Scenario) => Object.entries(scenario.arms);

/** Markdown as prettier writes it, without its padding and escapes. */
const plain = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll('\\', '');
const read = (name: string) => plain(readFileSync(`${folder}${name}`, 'utf8'));

/** A section of a page, without its heading. */
function sectionOf({ name }: Scenario, heading: string): string {
  const [, section] = read(`${name}.md`).split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`the page of ${name} has no section "${heading}"`);
  return section.split('\n## ')[0] ?? '';
}

/** Rows of the section's table, without its head. */
const rowsOf = (section: string) =>
  section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '));

/** What decides whether the arm is as declared. */
function decidingClaims({ declared, failureClaims, healthClaims }: Arm): readonly Claim[] {
  return declared !== null && toneOf(declared) === 'broken' ? failureClaims : healthClaims;
}

test('there is a page and a picture for each scenario, and for nothing else', () => {
  const pages = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
  expect(readdirSync(`${folder}images`).sort()).toEqual(names.map((name) => `${name}.svg`).sort());
});

test.each(scenarios)('the page of $name has its question, its story and its picture', (scenario) => {
  const { question, story, name } = scenario;
  const page = read(`${name}.md`);
  for (const text of [question, story.watch, story.production, story.resembles])
    expect(page).toContain(plain(text));
  expect(page).toContain(`](images/${name}.svg)`);
  const picture = readFileSync(`${folder}images/${name}.svg`, 'utf8');
  for (const [arm, { declared }] of armsOf(scenario))
    expect(picture).toContain(`>${arm}</tspan> ${declared}:`);
});

test.each(scenarios)(
  'the page of $name has exactly its arms, as the catalogue describes them',
  (scenario) => {
    const arms = armsOf(scenario).map(([name, { role, summary, declared }]) => [
      `\`${name}\``,
      roleWords(role),
      plain(summary),
      declared ?? 'nothing',
    ]);
    expect(rowsOf(sectionOf(scenario, 'What is tried'))).toEqual(arms);
  },
);

test.each(scenarios)('the page of $name has the set-up and the load of the catalogue', (scenario) => {
  const setups = armsOf(scenario).map(([name, arm]) => ({
    name,
    setup: toSetup({ arm, withTrigger: true } as ArmOptions, resolveArm(scenario, arm)),
  }));
  // Rates that follow from a measurement are those of the machine that made the page.
  const compared = (text: string) =>
    scenario.calibration === undefined ? text : text.replaceAll(/[\d.]+\/s/g, '…/s');
  const linesOf = (text: string) =>
    compared(plain(text))
      .split('\n')
      .filter((line) => /^(- |\| `)/.test(line));
  expect(linesOf(sectionOf(scenario, 'Set-up and load'))).toEqual(linesOf(setupParts(setups).join('\n')));
});

test.each(scenarios)('in the run on the page of $name every arm got its declared verdict', (scenario) => {
  const verdicts = rowsOf(sectionOf(scenario, 'What a run gave')).map(([arm, verdict]) => [arm, verdict]);
  expect(verdicts).toEqual(armsOf(scenario).map(([name, { declared }]) => [`\`${name}\``, declared]));
});

test.each(scenarios)('the page of $name measures the claims that the scenario makes now', (scenario) => {
  const rows = rowsOf(sectionOf(scenario, 'What a run gave'));
  for (const [index, [, arm]] of armsOf(scenario).entries()) {
    const measured = (rows[index]?.[2] ?? '').split('<br>');
    const claims = decidingClaims(arm);
    expect(measured).toHaveLength(claims.length);
    for (const [place, { text, comparison, bound, unit }] of claims.entries()) {
      expect(measured[place]).toContain(`${plain(text)}: `);
      const wanted = typeof bound === 'number' ? formatValue(bound, unit) : '';
      expect(measured[place]).toContain(`wanted ${comparison} ${wanted}`);
    }
  }
});

test('the index names every scenario once, with its question, what does not help and what does', () => {
  const index = read('README.md');
  expect(
    rowsOf(index.replaceAll('| [', '| `['))
      .map(([link = '']) => link)
      .sort(),
  ).toEqual(names.map((name) => `\`[${name}](${name}.md)`).sort());
  for (const scenario of scenarios) {
    const of = (role: Arm['role']) =>
      armsOf(scenario)
        .filter(([, arm]) => arm.role === role)
        .map(([name]) => `\`${name}\``)
        .join(', ') || '–';
    const { name, question } = scenario;
    expect(index).toContain(
      `| [${name}](${name}.md) | ${plain(question)} | ${of('wrong-fix')} | ${of('protected')} |`,
    );
  }
});
