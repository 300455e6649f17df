import { type BenchHost, startChild } from './child.ts';

const connections = 50;
const roundMs = 3000;
const rounds = 3;

export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly path: string;
}

/**
 * Answers per second of each contestant under a closed loop of 50 connections: the median of rounds in which they take
 * turns, so that a change of the machine's mood hits all of them.
 */
export async function compareThroughput(
  host: BenchHost,
  contestants: readonly Contestant[],
): Promise<Readonly<Record<string, number>>> {
  const results = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, port, path } of contestants) {
      const loop = startChild(host, 'closed-loop');
      try {
        const answer = loop.next<{ answersPerSecond: number }>();
        loop.send({ port, path, connections, durationMs: round === 0 ? roundMs / 3 : roundMs });
        const { answersPerSecond } = await answer;
        // The first round only warms up.
        if (round > 0) results.get(name)?.push(answersPerSecond);
      } finally {
        await loop.stop();
      }
    }
  }
  return Object.fromEntries(
    [...results].map(([name, values]) => [name, Math.round(median(values))] as const),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
