import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BenchHost, outputOf, startChild } from './child.ts';
import type { ClosedLoopAnswer } from './closed-loop-order.ts';
import { median } from './median.ts';

const connections = 10;
const turnMs = 2000;
const rounds = 5;
const title = 'a task of the bench';

export interface Inserts {
  readonly connections: number;
  /** Null where pgbench is not on PATH. */
  readonly pgbenchPerSecond: number | null;
  readonly bareNodeHttpPerSecond: number;
  readonly tasksPerSecond: number;
  /** POST /api/tasks ÷ pgbench in the same round: the median over the rounds; likewise for the bare handler. */
  readonly tasksToPgbench: number | null;
  readonly bareNodeHttpToPgbench: number | null;
}

/**
 * The same row inserted by pgbench, by a bare node:http + pg handler and by POST /api/tasks, in turns, each over ten
 * connections to the database. What is lost against pgbench is the price of HTTP, JSON and one JavaScript thread.
 */
export async function compareInserts(
  host: BenchHost,
  options: {
    readonly backendPort: number;
    readonly databaseUrl: string;
    readonly pgbench: string | null;
    readonly folder: string;
  },
): Promise<Inserts> {
  const { databaseUrl, pgbench, backendPort } = options;
  const bare = startChild(host, 'bare-pg-server', {
    DATABASE_URL: databaseUrl,
    CONNECTIONS: String(connections),
  });
  const loop = startChild(host, 'closed-loop');
  const results = { pgbench: [] as number[], bare: [] as number[], tasks: [] as number[] };
  const post = async (port: number, path: string): Promise<number> => {
    const answer = loop.next<ClosedLoopAnswer>();
    loop.send({ port, path, body: JSON.stringify({ title }), connections, durationMs: turnMs });
    return (await answer).answersPerSecond;
  };
  try {
    const { port } = await bare.next<{ port: number }>();
    for (let round = 0; round <= rounds; round += 1) {
      const inserted = {
        pgbench: pgbench === null ? 0 : await runPgbench(pgbench, databaseUrl, options.folder),
        bare: await post(port, '/'),
        tasks: await post(backendPort, '/api/tasks'),
      };
      // The first round only warms up.
      if (round === 0) continue;
      results.pgbench.push(inserted.pgbench);
      results.bare.push(inserted.bare);
      results.tasks.push(inserted.tasks);
    }
  } finally {
    await Promise.all([bare.stop(), loop.stop()]);
  }
  const toPgbench = (values: readonly number[]): number | null =>
    pgbench === null
      ? null
      : Number(
          median(values.map((value, round) => value / (results.pgbench[round] ?? Number.NaN))).toFixed(3),
        );
  return {
    connections,
    pgbenchPerSecond: pgbench === null ? null : Math.round(median(results.pgbench)),
    bareNodeHttpPerSecond: Math.round(median(results.bare)),
    tasksPerSecond: Math.round(median(results.tasks)),
    tasksToPgbench: toPgbench(results.tasks),
    bareNodeHttpToPgbench: toPgbench(results.bare),
  };
}

/** Transactions per second without the time for connecting, as pgbench prints it (PostgreSQL documentation, "pgbench"). */
async function runPgbench(program: string, databaseUrl: string, folder: string): Promise<number> {
  const work = await mkdtemp(join(folder, 'pgbench-'));
  const script = join(work, 'insert.sql');
  await writeFile(
    script,
    `INSERT INTO tasks (title, description, completed) VALUES ('${title}', '', false) RETURNING *;\n`,
  );
  try {
    const child = spawn(
      program,
      ['-n', '-M', 'prepared', '-c', String(connections), '-j', '2', '-T', String(turnMs / 1000)].concat([
        '-f',
        script,
        databaseUrl,
      ]),
      { stdio: ['ignore', 'pipe', 'pipe'], env: {} },
    );
    const { stdout, stderr } = await outputOf(child);
    const perSecond = /tps = ([\d.]+) \(without initial connection time\)/.exec(stdout)?.[1];
    if (perSecond === undefined) throw new Error(`pgbench gave no figure: ${stderr.slice(0, 500)}`);
    return Number(perSecond);
  } finally {
    await rm(work, { recursive: true });
  }
}
