import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createTestFolder } from '../../test/local-target.ts';

/** A series as Prometheus answers with it; values are texts, since JSON knows neither NaN nor infinity. */
export interface QueriedSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Of a range. */
  readonly values?: readonly (readonly [seconds: number, value: string])[];
  /** Of a moment. */
  readonly value?: readonly [seconds: number, value: string];
}

export interface PrometheusServer {
  readonly writeUrl: string;
  /** Asks for the value of an expression at a moment, in ms since the epoch. */
  query(expression: string, atMs: number): Promise<QueriedSeries[]>;
}

/** Where Prometheus lies on PATH; undefined where it is not installed. */
export const prometheusProgram = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'prometheus'))
  .find((path) => existsSync(path));

/** A Prometheus on loopback that scrapes nothing and takes remote writes; it and its data are gone with the test. */
export async function startPrometheus(program: string): Promise<PrometheusServer> {
  const folder = createTestFolder();
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  const address = `127.0.0.1:${await findFreePort()}`;
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(() => {
    child.kill('SIGKILL');
    return ended;
  });
  const deadline = AbortSignal.timeout(15_000);
  while (!(await isReady(address))) await delay(50, undefined, { signal: deadline });
  return {
    writeUrl: `http://${address}/api/v1/write`,
    query: async (expression, atMs) => {
      const parameters = new URLSearchParams({ query: expression, time: String(atMs / 1000) });
      const response = await fetch(`http://${address}/api/v1/query?${parameters.toString()}`);
      const { data } = (await response.json()) as { data: { result: QueriedSeries[] } };
      return data.result;
    },
  };
}

async function isReady(address: string): Promise<boolean> {
  return fetch(`http://${address}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
