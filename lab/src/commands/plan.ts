import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { unknownName } from '../core/nearest.ts';
import { toPlanDocument } from '../core/plan-document.ts';
import type { Scenario } from '../core/scenario.ts';
import { UsageError } from '../core/settings.ts';
import { findScenario, loadScenarios } from './catalogue.ts';
import type { AddCommand } from './command.ts';

interface PlanFlags {
  readonly arm?: string;
  readonly seed: string;
  readonly baseUrl?: string;
  readonly out?: string;
}

export const addPlanCommand: AddCommand = (program, host) => {
  program
    .command('plan')
    .description("writes a scenario's load as JSON, for load-tests/k6/plan.js and other generators")
    .argument('<scenario>', 'name of a scenario')
    .option('--arm <name>', 'the arm whose load it is (default: the unprotected one)')
    .option('--seed <number>', 'fixes the arrivals that are not even', '42')
    .option('--base-url <url>', 'the address that the plan is for')
    .option('--out <file>', 'a file in place of stdout')
    .action(async (name: string, flags: PlanFlags) => {
      const scenario = findScenario(await loadScenarios(), name);
      const document = toPlanDocument(scenario, {
        armName: armOf(scenario, flags.arm),
        seed: toSeed(flags.seed),
        ...(flags.baseUrl === undefined ? {} : { baseUrl: toUrl(flags.baseUrl) }),
      });
      if (document.calibrated === false)
        host.stderr.write(
          `lab plan: ${name} fits its load to the machine when the lab runs it; the plan has the catalogue's load ("calibrated": false)\n`,
        );
      const text = `${JSON.stringify(document, null, 2)}\n`;
      if (flags.out === undefined) host.stdout.write(text);
      else write(resolve(host.workingFolder, flags.out), text);
    });
};

function armOf(scenario: Scenario, name: string | undefined): string {
  const names = Object.keys(scenario.arms);
  if (name === undefined) {
    const unprotected = names.find((arm) => scenario.arms[arm]?.role === 'unprotected');
    return unprotected ?? names[0] ?? '';
  }
  if (names.includes(name)) return name;
  throw new UsageError(unknownName(`arm of ${scenario.name}`, name, names));
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed >= 0 && text.trim() !== '') return seed;
  throw new UsageError(`--seed: received "${text}", expected a whole number of 0 or more`);
}

function toUrl(text: string): string {
  if (/^https?:/.test(text) && URL.canParse(text)) return text;
  throw new UsageError(`--base-url: received "${text}", expected an address such as http://localhost:8000`);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`--out: ${error instanceof Error ? error.message : String(error)}`);
  }
}
