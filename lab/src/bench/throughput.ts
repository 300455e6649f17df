import { type BenchHost, startChild } from './child.ts';
import type { ClosedLoopAnswer } from './closed-loop-order.ts';
import { median } from './median.ts';

const connections = 50;
// Short turns, many of them: a shared machine changes its speed within seconds (measured: by a factor of two), and only
// what runs right beside something can be compared with it.
const warmUpMs = 1500;
const roundMs = 250;
const defaultRounds = 45;

export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly path: string;
}

export interface Throughput {
  /** The median over the rounds. */
  readonly answersPerSecond: number;
  /** Answers per second ÷ those of the first contestant in the same round: the median over the rounds. */
  readonly ratioToFirst: number;
}

/**
 * Throughput of each contestant under a closed loop of 50 connections. They take turns, and are compared inside one
 * round, so that a change of the machine's mood hits all of them.
 */
export async function compareThroughput(
  host: BenchHost,
  contestants: readonly Contestant[],
  rounds = defaultRounds,
): Promise<Readonly<Record<string, Throughput>>> {
  const results = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  const loop = startChild(host, 'closed-loop');
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const { name, port, path } of contestants) {
        const answer = loop.next<ClosedLoopAnswer>();
        loop.send({ port, path, connections, durationMs: round === 0 ? warmUpMs : roundMs });
        const { answersPerSecond } = await answer;
        // The first round only warms up.
        if (round > 0) results.get(name)?.push(answersPerSecond);
      }
    }
  } finally {
    await loop.stop();
  }
  const first = [...results.values()][0] ?? [];
  return Object.fromEntries(
    [...results].map(([name, values]) => {
      const ratios = values.map((value, round) => value / (first[round] ?? Number.NaN));
      const ratioToFirst = Number(median(ratios).toFixed(3));
      return [name, { answersPerSecond: Math.round(median(values)), ratioToFirst }] as const;
    }),
  );
}
