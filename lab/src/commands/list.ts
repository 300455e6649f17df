import { resolveArm } from '../core/resolve-arm.ts';
import type { Arm, Scenario } from '../core/scenario.ts';
import { settingPaths } from '../core/settings.ts';
import { loadSecondsOf } from '../core/timeline.ts';
import { findScenario, loadScenarios } from './catalogue.ts';
import type { AddCommand } from './command.ts';

/** Seconds that an arm needs beside its load: fresh processes, an empty database, an orderly end. */
const overheadSeconds = 2;

export const addListCommand: AddCommand = (program, host) => {
  program
    .command('list')
    .description('the scenarios: question, arms, seconds and needs')
    .argument('[scenario]', 'one scenario, with its settings')
    .option('--json', 'as JSON')
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const all = await loadScenarios();
      const scenarios = name === undefined ? all : [findScenario(all, name)];
      const text =
        json === true
          ? `${JSON.stringify(scenarios.map(toSummary), null, 2)}\n`
          : scenarios.map(describe).join('\n');
      host.stdout.write(text);
      if (json !== true && name !== undefined) host.stdout.write(describeSettings(scenarios));
    });
};

function toSummary(scenario: Scenario) {
  return {
    name: scenario.name,
    question: scenario.question,
    needs: scenario.needs,
    seconds: secondsOf(scenario),
    arms: Object.entries(scenario.arms).map(([name, arm]) => ({
      name,
      role: arm.role,
      declared: arm.declared,
      summary: arm.summary,
      seconds: armSecondsOf(scenario, arm),
    })),
    settings: settingPaths(scenario),
  };
}

function secondsOf(scenario: Scenario): number {
  return Object.values(scenario.arms).reduce((total, arm) => total + armSecondsOf(scenario, arm), 0);
}

function armSecondsOf(scenario: Scenario, arm: Arm): number {
  return loadSecondsOf(resolveArm(scenario, arm)) + overheadSeconds;
}

function describe(scenario: Scenario): string {
  const arms = Object.entries(scenario.arms);
  const width = Math.max(...arms.map(([name]) => name.length));
  const lines = [
    scenario.name,
    `  ${scenario.question}`,
    `  ${arms.length} arm${arms.length === 1 ? '' : 's'}, about ${secondsOf(scenario)} s; needs ${scenario.needs.join(', ') || 'nothing but Node'}`,
    ...arms.map(
      ([name, arm]) =>
        `    ${name.padEnd(width)}  ${arm.role.padEnd(11)}  ${(arm.declared ?? '').padEnd(16)}  ${arm.summary}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function describeSettings(scenarios: readonly Scenario[]): string {
  const paths = scenarios.flatMap(settingPaths);
  return `\n  Numbers for --set:\n${paths.map((path) => `    ${path}`).join('\n')}\n`;
}
