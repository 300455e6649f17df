import { expect, it, onTestFinished, vi } from 'vitest';
import { createTestFolder } from '../../../test/local-target.ts';
import type { GuardedTarget, SystemSpec } from './target.ts';

const { signal } = new AbortController();
const plain: SystemSpec = {
  replicas: 1,
  backendEnvironment: { DATABASE_POOL_SIZE: '20' },
  downstreamEnvironment: { DEFAULT_DELAY: '0.1' },
  ports: 'auto',
};
const balancing = { level: 'connection' } as const;
const waitMs = { timeout: 10_000, interval: 50 };

/**
 * What every target keeps to. Its services are stand-ins: they answer with their environment, and `/crash` ends them with
 * exit code 7.
 */
export function describeTarget(create: () => GuardedTarget): void {
  const start = async (spec: Partial<SystemSpec> = {}) => {
    const target = create();
    onTestFinished(() => target.close());
    const options = { signal, logFolder: createTestFolder() };
    return { target, system: await target.start({ ...plain, ...spec }, options) };
  };
  const environmentOf = async (url: string | undefined) =>
    (await (await fetch(url ?? '')).json()) as Record<string, string>;
  const crash = (url: string | undefined) => fetch(`${url}/crash`).catch(() => undefined);

  it('gives each service the variables of the arm, and a database of its own', async () => {
    const { system } = await start();
    expect(await environmentOf(system.backends[0]?.url)).toMatchObject({
      DATABASE_POOL_SIZE: '20',
      DATABASE_URL: system.databaseUrl,
    });
    expect(await environmentOf(system.downstreams[0]?.url)).toMatchObject({ DEFAULT_DELAY: '0.1' });
    expect((await fetch(system.url)).status).toBe(200);
    expect(new URL(system.backends[0]?.controlUrl ?? '').hostname).toBe('127.0.0.1');
  });

  it('runs the next system with other processes and another database', async () => {
    const { target, system } = await start();
    await system.stop();
    await expect(fetch(system.backends[0]?.url ?? system.url)).rejects.toThrow('fetch failed');
    const next = await target.start(plain, { signal, logFolder: createTestFolder() });
    expect(next.databaseUrl).not.toBe(system.databaseUrl);
    expect(next.backends).toHaveLength(1);
  });

  it('brings the backend to as many replicas as it is told', async () => {
    const { system } = await start({ balancing });
    await system.scale(3);
    expect(system.backends).toHaveLength(3);
    expect(new Set(system.backends.map(({ url }) => url)).size).toBe(3);
    expect((await system.observe())[0]).toMatchObject({
      replica: 'backend',
      metrics: { kube_deployment_spec_replicas: 3, kube_deployment_status_replicas_ready: 3 },
    });
    await system.scale(1);
    await expect.poll(() => system.backends).toHaveLength(1);
  });

  it('starts a supervised replica again, and says how it ended', async () => {
    const { system } = await start({ supervision: { timeScale: 0.1 } });
    await crash(system.backends[0]?.url);
    await vi.waitFor(async () => {
      expect(system.incidents).toMatchObject([{ reason: 'Error', exitCode: 7 }]);
      expect((await fetch(system.backends[0]?.url ?? '')).status).toBe(200);
    }, waitMs);
    const [, replica] = await system.observe();
    expect(replica?.metrics['kube_pod_container_status_restarts_total']).toBe(1);
  });

  it('fails when a replica ends that nobody starts again', async () => {
    const { system } = await start();
    await crash(system.backends[0]?.url);
    await expect(system.failed).rejects.toThrow(/ended unasked \(exit code 7\)/);
  });

  it('disturbs an edge that has a proxy, and says which has none', async () => {
    const { system } = await start({ faultEdges: ['downstream'] });
    await system.disturb('downstream', { kind: 'refuse' });
    await system.disturb('downstream', null);
    await expect(system.disturb('database', null)).rejects.toThrow('has no fault proxy');
  });

  it('refuses what it cannot do, and everything once it is closed', async () => {
    const { target, system } = await start();
    expect(target.unsupported({ ...plain, replicas: 3 })).toContain('need a balancer in front of them');
    await system.stop();
    await target.close();
    const late = target.start(plain, { signal, logFolder: createTestFolder() });
    await expect(late).rejects.toMatchObject({ code: 'not-supported' });
  });
}
