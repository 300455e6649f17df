import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../test/local-target.ts';
import { toLocalHost } from '../src/targets/local/local-host.ts';
import type { LocalHost } from '../src/targets/local/local-host.ts';
import { TargetError } from '../src/targets/local/target-error.ts';
import type { GuardedTarget, Replica, System, SystemSpec } from '../src/targets/target.ts';
import { startLab } from './lab-process.ts';

export interface RealTarget {
  readonly name: 'compose' | 'kubernetes';
  readonly create: (host: LocalHost, options: RealTargetOptions) => GuardedTarget;
  /** What any run has left in the engine or the cluster. */
  readonly left: () => string;
}

interface RealTargetOptions {
  readonly runId: string;
  readonly repositoryRoot: string;
  readonly environment: NodeJS.ProcessEnv;
}

const { signal } = new AbortController();
const plain: SystemSpec = {
  replicas: 1,
  backendEnvironment: { CASCADE_CALLS: '1' },
  downstreamEnvironment: { DEFAULT_DELAY: '0.01' },
  ports: 'auto',
};
const patience = { timeout: 60_000, interval: 200 };

/** Why there is nothing real to test on; null when there is. Whatever else goes wrong is a failure. */
export async function findObstacle(target: GuardedTarget, signal: AbortSignal): Promise<string | null> {
  try {
    await target.prepare(signal);
    return null;
  } catch (error) {
    await target.close();
    if (error instanceof TargetError && error.code === 'engine-unusable') return error.message;
    throw error;
  }
}

/** The abilities of a target, on the real thing. Skipped, with the reason in its name, where there is none. */
export async function describeRealTarget({ name, create, left }: RealTarget): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-real-'));
  const target = create(toLocalHost(process, folder), {
    runId: `test-${process.pid}`,
    repositoryRoot,
    environment: process.env,
  });
  const obstacle = await findObstacle(target, signal);
  const reason = obstacle === null ? '' : ` (SKIPPED: ${obstacle})`;

  async function withSystem(spec: Partial<SystemSpec>, use: (system: System) => Promise<void>) {
    const logFolder = join(folder, 'logs');
    const system = await target.start({ ...plain, ...spec }, { signal, logFolder });
    try {
      await use(system);
    } finally {
      await system.stop();
    }
  }

  describe.skipIf(obstacle !== null)(`the target ${name}${reason}`, () => {
    afterAll(async () => {
      await target.close();
      rmSync(folder, { recursive: true, force: true });
      expect(left()).toBe('');
    });

    it('shows the metrics of a replica and of its limits, and obeys on the control API', async () => {
      const limits = { cpuCores: 0.5, memoryBytes: 256_000_000 };
      await withSystem({ limits }, async (system) => {
        const [replica] = system.backends;
        expect(await textOf(`${system.url}/health`)).toContain('healthy');
        expect(await textOf(`${replica?.url}/metrics`)).toContain('http_server_active_requests');
        expect(await control(replica, '/protections')).toBe(200);
        const behaviour = { delayMs: 5, ttlMs: 1000, seed: 1 };
        expect(await control(system.downstreams[0], '/behaviour', behaviour)).toBeLessThan(300);
        await expect
          .poll(async () => Object.values((await system.observe())[1]?.metrics ?? {}), patience)
          .toHaveLength(9);
        expect(await system.cpuSeconds()).toBeGreaterThan(0);
      });
    });

    it('sees the kernel kill a replica at its limit, and the replica come back', async () => {
      const limits = { memoryBytes: 200_000_000 };
      await withSystem({ limits, supervision: { timeScale: 1 } }, async (system) => {
        const leak = (): Promise<unknown> =>
          fetch(`${system.url}/api/memory-leak?size_mb=20`).catch(() => null);
        for (let count = 0; count < 30 && system.incidents.length === 0; count += 1) await leak();
        await expect
          .poll(() => system.incidents, patience)
          .toMatchObject([{ reason: 'OOMKilled', exitCode: 137 }]);
        await expect.poll(() => statusOf(`${system.url}/api/tasks`), patience).toBe(200);
        const [, replica] = await system.observe();
        expect(replica?.metrics['kube_pod_container_status_restarts_total']).toBe(1);
      });
    });

    it('refuses on one edge and is silent on the other, and heals both', async () => {
      await withSystem({ faultEdges: ['downstream', 'database'] }, async (system) => {
        const cascade = `${system.url}/api/cascade-failure`;
        expect(await statusOf(cascade)).toBe(200);
        await system.disturb('downstream', { kind: 'refuse' });
        expect(await statusOf(cascade)).toBe(502);
        await system.disturb('downstream', null);
        await expect.poll(() => statusOf(cascade), patience).toBe(200);
        await system.disturb('database', { kind: 'black-hole' });
        expect(await statusOf(`${system.url}/api/tasks`)).toBeNull();
        await system.disturb('database', null);
        await expect.poll(() => statusOf(`${system.url}/api/tasks`), patience).toBe(200);
      });
    });

    it('adds replicas, which are given connections', async () => {
      await withSystem({ balancing: { level: 'connection' } }, async (system) => {
        await system.scale(3);
        expect(system.backends).toHaveLength(3);
        const replicas = new Set<string>();
        const ask = async (): Promise<number> => {
          const answer = await fetch(`${system.url}/health`, { headers: { connection: 'close' } });
          replicas.add(((await answer.json()) as { readonly replica: string }).replica);
          return replicas.size;
        };
        await expect.poll(ask, patience).toBe(3);
      });
    });

    it('lets the database admit only so many connections', async () => {
      await withSystem({ databaseConnectionLimit: 3 }, async (system) => {
        const hold = `${system.url}/api/db-pool-exhaust?concurrent_queries=1&hold=1`;
        await Promise.all(Array.from({ length: 8 }, () => statusOf(hold)));
        expect(await textOf(`${system.backends[0]?.url}/metrics`)).toMatch(/sqlstate="53300"\} [1-9]/);
      });
    });

    it('leaves nothing when the lab is killed', async () => {
      const environment = Object.entries(process.env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      );
      const others = left();
      const lab = startLab(['run', 'baseline', '--target', name], Object.fromEntries(environment));
      await expect.poll(() => left() !== others, { timeout: 60_000, interval: 500 }).toBe(true);
      lab.child.kill('SIGKILL');
      await expect.poll(left, { timeout: 120_000, interval: 1000 }).toBe(others);
    });
  });
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Null: no answer within two seconds. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const { status, body } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await body?.cancel();
    return status;
  } catch {
    return null;
  }
}

async function control(replica: Replica | undefined, path: string, body?: object): Promise<number> {
  const { status } = await fetch(`${replica?.controlUrl}${path}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: {
      'content-type': 'application/json',
      ...(replica?.controlToken !== undefined && { authorization: `Bearer ${replica.controlToken}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return status;
}
