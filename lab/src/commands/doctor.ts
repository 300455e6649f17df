import { describeLimits, detectConfiner } from '../targets/local/limits/detect.ts';
import { createLocalTarget } from '../targets/local/local.ts';
import { assertPortsFree, specPorts } from '../targets/local/ports.ts';
import type { AddCommand } from './command.ts';
import type { Host } from './host.ts';
import { findProgram } from './program-path.ts';
import { newRunId } from './run-folder.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'problem';
  readonly detail: string;
}

export const addDoctorCommand: AddCommand = (program, host, finish) => {
  program
    .command('doctor')
    .description('what this machine can do, and what each thing unlocks')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(host);
      const width = Math.max(...findings.map(({ what }) => what.length));
      host.stdout.write(
        json === true
          ? `${JSON.stringify(findings, null, 2)}\n`
          : `${findings.map(({ what, state, detail }) => `${state.padEnd(8)} ${what.padEnd(width)}  ${detail}`).join('\n')}\n`,
      );
      finish(findings.some(({ state }) => state === 'problem') ? 2 : 0);
    });
};

async function examine(host: Host): Promise<readonly Finding[]> {
  return [
    { what: 'Node', state: 'ok', detail: host.nodeVersion },
    await examinePostgres(host),
    await examinePorts(host),
    examineCores(host),
    examineLimits(host),
    examineProgram(host, 'docker', 'docker compose up --build starts the system in containers'),
    examineProgram(host, 'kubectl', 'the manifests in k8s/'),
    examineProgram(host, 'k6', 'scripts/load-test.sh uses it; without it, npx lab k6 run does'),
    ...['vegeta', 'wrk', 'hey'].map((name) =>
      examineProgram(host, name, 'npm run bench compares the driver with it'),
    ),
  ];
}

async function examinePostgres(host: Host): Promise<Finding> {
  const target = createLocalTarget(host.local, {
    runId: newRunId(host),
    repositoryRoot: host.repositoryRoot,
    databaseUrl: host.environment['LAB_DATABASE_URL'],
  });
  try {
    const { postgresVersion } = await target.describe();
    if (postgresVersion !== null)
      return {
        what: 'PostgreSQL',
        state: 'ok',
        detail: `${postgresVersion}, embedded: npm run demo needs nothing else`,
      };
    if (host.environment['LAB_DATABASE_URL'] !== undefined)
      return {
        what: 'PostgreSQL',
        state: 'ok',
        detail: 'LAB_DATABASE_URL is set; the lab makes a database of its own there',
      };
    const platform = `${host.local.platform}-${host.local.architecture}`;
    return {
      what: 'PostgreSQL',
      state: 'problem',
      detail: `no binary for ${platform}; use --database-url with a server of yours, or Docker`,
    };
  } finally {
    await target.close();
  }
}

async function examinePorts(host: Host): Promise<Finding> {
  try {
    await assertPortsFree(host.local, Object.values(specPorts));
    return {
      what: 'ports',
      state: 'ok',
      detail: `${Object.values(specPorts).join(', ')} are free: npm start can use them`,
    };
  } catch (error) {
    return { what: 'ports', state: 'missing', detail: `${(error as Error).message} (lab up --ports auto)` };
  }
}

function examineCores(host: Host): Finding {
  const { cores } = host.machine;
  return cores >= 2
    ? { what: 'cores', state: 'ok', detail: `${cores}` }
    : {
        what: 'cores',
        state: 'missing',
        detail: 'one core: driver and system share it, expect INCONCLUSIVE',
      };
}

/** A program is really started under limits, and what that needed is removed again. */
function examineLimits(host: Host): Finding {
  const force = host.environment['LAB_LIMITS'];
  const confiner = detectConfiner(host.local, { runId: newRunId(host), force });
  return {
    what: 'limits',
    state: confiner === null ? 'missing' : 'ok',
    detail: describeLimits(confiner?.kind),
  };
}

function examineProgram(host: Host, name: string, unlocks: string): Finding {
  const path = findProgram(host, name);
  return path === null
    ? { what: name, state: 'missing', detail: `not on PATH (${unlocks})` }
    : { what: name, state: 'ok', detail: `${path}: ${unlocks}` };
}
