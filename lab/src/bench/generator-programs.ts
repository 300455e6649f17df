import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BenchHost, outputOf } from './child.ts';
import type { AbsentGenerator, Generator, GeneratorOrder } from './generator.ts';

interface Program {
  readonly name: string;
  readonly loop: string;
  readonly hasRate: boolean;
  /** Separated by spaces. */
  readonly argumentsFor: (order: GeneratorOrder) => string;
  readonly input?: (order: GeneratorOrder) => string;
}

/** Of those that keep a number of them: hey's default. With the ten of the others 3000/s would leave 3 ms an answer. */
const connections = 50;

const autocannon: Program = {
  name: 'autocannon',
  loop: "closed: each connection sends its share of a second at the second's start, one after the other",
  hasRate: true,
  argumentsFor: ({ url, ratePerSecond, durationSeconds }) =>
    `--connections ${connections} --overallRate ${ratePerSecond} --duration ${durationSeconds} --json --no-progress ${url}`,
};

/** Found on PATH. Their options: github.com/tsenart/vegeta, github.com/rakyll/hey, github.com/wg/wrk. */
const programsOnPath: readonly Program[] = [
  {
    name: 'vegeta',
    loop: 'open: a worker more whenever all are waiting',
    hasRate: true,
    argumentsFor: ({ ratePerSecond, durationSeconds }) =>
      `attack -rate=${ratePerSecond} -duration=${durationSeconds}s -output=/dev/null`,
    input: ({ url }) => `GET ${url}\n`,
  },
  {
    name: 'hey',
    loop: 'closed: each worker waits for its answer, then for its next tick',
    hasRate: true,
    argumentsFor: ({ url, ratePerSecond, durationSeconds }) =>
      `-z ${durationSeconds}s -c ${connections} -q ${ratePerSecond / connections} ${url}`,
  },
  {
    name: 'wrk',
    loop: 'closed: as fast as answers come, it knows no rate',
    hasRate: false,
    argumentsFor: ({ url, durationSeconds }) => `-t 1 -c ${connections} -d ${durationSeconds}s ${url}`,
  },
];

/** The generators of others: autocannon where it is installed, the rest where they are on PATH. */
export function findGenerators(
  host: BenchHost,
  findOnPath: (name: string) => string | null,
): (Generator | AbsentGenerator)[] {
  const script = findAutocannon();
  return [
    script === null
      ? { name: autocannon.name, absent: 'not installed' }
      : toGenerator(host, autocannon, host.execPath, [script]),
    ...programsOnPath.map((program) => {
      const path = findOnPath(program.name);
      return path === null
        ? { name: program.name, absent: 'not on PATH' }
        : toGenerator(host, program, path, []);
    }),
  ];
}

function findAutocannon(): string | null {
  try {
    return fileURLToPath(import.meta.resolve('autocannon'));
  } catch {
    return null;
  }
}

function toGenerator(
  host: BenchHost,
  { name, loop, hasRate, argumentsFor, input }: Program,
  executable: string,
  before: readonly string[],
): Generator {
  return {
    name,
    loop,
    hasRate,
    run: async (order) => {
      const child = spawn(executable, [...before, ...argumentsFor(order).split(' ')], {
        env: { ...host.environment },
        stdio: ['pipe', 'ignore', 'pipe'],
        detached: true,
        signal: order.signal,
      });
      if (child.pid !== undefined) host.onSpawn(child.pid);
      child.stdin.end(input?.(order) ?? '');
      const { exitCode, stderr } = await outputOf(child);
      if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${stderr.slice(0, 500)}`);
      return {};
    },
  };
}
