import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../../test/local-target.ts';
import type { RunDocument } from '../../src/core/document.ts';
import type { LoadSecond } from '../../src/core/events.ts';
import type { LoadPlan } from '../../src/core/plan.ts';
import { percentilesMs } from '../../src/core/percentiles.ts';
import { createClusterDriver } from '../../src/drivers/cluster/cluster.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import { createEmbeddedDriver } from '../../src/drivers/embedded/embedded.ts';
import { createKubernetesTarget } from '../../src/targets/kubernetes/kubernetes.ts';
import { toLocalHost } from '../../src/targets/local/local-host.ts';
import type { SystemSpec } from '../../src/targets/target.ts';
import { startLab } from '../lab-process.ts';
import { findObstacle } from '../real-target.ts';

const kubectl = 'kubectl';
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'lab-cluster-'));
const host = toLocalHost(process, folder);
const spec: SystemSpec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };
const health = { key: 'GET /health', method: 'GET', path: '/health', deadlineMs: 1000 } as const;
const plan: LoadPlan = {
  seed: 42,
  routes: [health],
  streams: [
    {
      executor: 'constant-arrival-rate',
      name: 'health',
      route: health.key,
      rate: 600,
      timeUnitSeconds: 1,
      durationSeconds: 20,
      startTimeSeconds: 0,
      arrival: 'even',
    },
  ],
  inFlightLimit: 20_000,
};
/** A new program is slower: its compiler has not seen it yet. */
const measuredFromSecond = 5;
const options = { runId: `cluster-${process.pid}`, repositoryRoot, environment: process.env };
const target = createKubernetesTarget(host, options);
const obstacle = await findObstacle(target, signal);
const reason = obstacle === null ? '' : ` (SKIPPED: ${obstacle})`;

async function measure(driver: Driver, baseUrl: string) {
  const all: LoadSecond[] = [];
  const onSecond = (second: LoadSecond) => all.push(second);
  const run = await driver.start(plan, { baseUrl, signal, onSecond, measuredFromSecond });
  const summary = await run.finished;
  const seconds = all.filter(({ second }) => second >= measuredFromSecond);
  const ofRoute = seconds.flatMap(({ routes }) => routes[health.key] ?? []);
  const [p50Ms, p99Ms] = percentilesMs(
    ofRoute.flatMap(({ latencies }) => Object.values(latencies)),
    [50, 99],
  );
  const [latenessP99Ms] = percentilesMs(
    seconds.map(({ lateness }) => lateness),
    [99],
  );
  const good = ofRoute.reduce((sum, { outcomes }) => sum + (outcomes.good ?? 0), 0);
  const figures = {
    planned: seconds.reduce((sum, { planned }) => sum + planned, 0),
    sent: seconds.reduce((sum, { sent }) => sum + sent, 0),
    good,
  };
  const told = {
    driver: driver.name,
    ...figures,
    p50Ms,
    p99Ms,
    latenessP99Ms,
    generators: summary.generators,
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
  return { figures, generators: summary.generators ?? [] };
}

describe.skipIf(obstacle !== null)(`the load of pods${reason}`, () => {
  afterAll(async () => {
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is that of one driver at the same plan, within 2 %', async () => {
    const system = await target.start(spec, { signal, logFolder: join(folder, 'logs') });
    try {
      const { markerEnvironment, registerProcess, generators } = target;
      if (generators === undefined) throw new Error('the target has no place for generators');
      const embedded = createEmbeddedDriver({
        execPath: process.execPath,
        environment: markerEnvironment,
        // Vitest runs the sources; the driver's process needs the compiled one.
        entryPath: join(repositoryRoot, 'lab', 'dist', 'entries', 'driver.js'),
        onSpawn: registerProcess,
      });
      const { monotonicMs } = host;
      const cluster = createClusterDriver({ launcher: generators, count: 3, monotonicMs });
      const one = await measure(embedded, system.url);
      const three = await measure(cluster, system.url);
      for (const name of ['planned', 'sent', 'good'] as const) {
        const ratio = three.figures[name] / one.figures[name];
        expect(Math.abs(ratio - 1), `${name}: ${three.figures[name]} of ${one.figures[name]}`).toBeLessThan(
          0.02,
        );
      }
      expect(three.generators.map(({ plannedRequests }) => plannedRequests)).toEqual([3000, 3000, 3000]);
    } finally {
      await system.stop();
    }
  });
});

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly status: { readonly phase: string };
  }[];
}

function runningGenerators(): PodList['items'] {
  const selector = ['--all-namespaces', '--selector', 'backend-load-testing.role=load', '--output', 'json'];
  const { items } = JSON.parse(
    execFileSync(kubectl, ['get', 'pods', ...selector], { encoding: 'utf8' }),
  ) as PodList;
  return items.filter(({ status }) => status.phase === 'Running');
}

describe.skipIf(obstacle !== null)(`a pod that is lost in the middle of its load${reason}`, () => {
  it('makes the run INCONCLUSIVE by its name, and it is not tried again', async () => {
    const environment = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const others = new Set(runningGenerators().map(({ metadata }) => metadata.name));
    const words = ['run', 'baseline', '--target', 'kubernetes', '--driver', 'cluster', '--json'];
    const lab = startLab(words, Object.fromEntries(environment));
    const ours = () => runningGenerators().filter(({ metadata }) => !others.has(metadata.name));
    await expect.poll(() => ours().length, { timeout: 200_000, interval: 500 }).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const { name = '', namespace = '' } = ours()[1]?.metadata ?? {};
    const now = ['--grace-period=0', '--force', '--wait=false'];
    execFileSync(kubectl, ['delete', 'pod', name, '--namespace', namespace, ...now], { stdio: 'ignore' });
    const { exitCode, stdout, stderr } = await lab.ended;
    expect(exitCode, stderr).toBe(3);
    const document = JSON.parse(stdout) as RunDocument;
    expect(document).toMatchObject({
      driver: 'cluster',
      generators: 3,
      scenarios: [{ outcome: 'inconclusive' }],
    });
    const arm = document.scenarios[0]?.arms[0];
    process.stdout.write(`${arm?.reason}\n`);
    expect(arm).toMatchObject({ verdict: 'INCONCLUSIVE', attempts: 1 });
    expect(arm?.reason).toMatch(new RegExp(`^generator ${name} ended before its plan did \\(`));
  });
});
