import { loadScenarios, findScenario } from './catalogue.ts';
import type { AddCommand } from './command.ts';
import { addOutOption } from './outputs.ts';
import { type RunFlags, runSelections } from './run.ts';

const demoScenario = 'cascade-failure';

export const addDemoCommand: AddCommand = (program, host, finish) => {
  const command = program
    .command('demo')
    .description('the first failure, two fixes that do not help, and one that does (about 70 s)')
    .option('--json', 'prints the document of the run to stdout, progress to stderr')
    .option('--database-url <url>', 'a PostgreSQL to use instead of the embedded one');
  addOutOption(command).action(async (options: Pick<RunFlags, 'json' | 'databaseUrl' | 'out'>) => {
    const scenario = findScenario(await loadScenarios(), demoScenario);
    const armNames = Object.entries(scenario.arms)
      .filter(([, { inDemo }]) => inDemo)
      .map(([name]) => name);
    const flags = { set: [], trigger: true, seed: 42, ...options };
    const exitCode = await runSelections(host, [{ scenario, armNames }], flags, 'npm run demo');
    if (options.json !== true) host.stdout.write(nextCommands);
    finish(exitCode);
  });
};

const nextCommands = `
What next?
  npx lab run cascade-failure --with circuit-breaker:openSeconds=30     try your own fix under the same load
  npx lab run cascade-failure --arms timeout,release-connection         each protection alone
  npm start                                                             the system, to break by hand
`;
