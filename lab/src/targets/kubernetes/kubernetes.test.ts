import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createStandInKubectl } from '../../../test/fakes/stand-in-kubectl.ts';
import { createTestFolder, createTestHost, repositoryRoot } from '../../../../test/local-target.ts';
import { readBootId } from '../container/boot-id.ts';
import type { SystemSpec } from '../target.ts';
import { describeTarget } from '../target.contract.ts';
import { createKubernetesTarget } from './kubernetes.ts';

const { signal } = new AbortController();
const plain: SystemSpec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };
const autoscaler = {
  minReplicas: 1,
  maxReplicas: 4,
  averageUtilization: 60,
  requestCores: 0.25,
  syncPeriodSeconds: 2,
  stabilizationWindowSeconds: {
    scaleUp: 0,
    scaleDown: 60,
  },
};
const balancing = { level: 'connection' } as const;
let count = 0;

function create(
  kubectl: { readonly path: string },
  environment: Readonly<Record<string, string>> = {},
  log: (line: string) => void = () => undefined,
) {
  count += 1;
  const target = createKubernetesTarget(createTestHost(), {
    runId: `kube-${process.pid}-${count}`,
    repositoryRoot,
    environment: { PATH: kubectl.path, ...environment },
    log,
  });
  onTestFinished(() => target.close());
  return target;
}

const start = (target: ReturnType<typeof create>, spec: Partial<SystemSpec> = {}) =>
  target.start({ ...plain, ...spec }, { signal, logFolder: createTestFolder() });

describe('the target kubernetes', () => {
  describeTarget(() => create(createStandInKubectl()));

  it('works in a namespace of its own, and leaves nothing there', async () => {
    const kubectl = createStandInKubectl();
    const target = create(kubectl);
    const system = await start(target, { faultEdges: ['downstream', 'database'] });
    expect(system.databaseUrl).toContain('@proxy-database:5432/');
    await system.disturb('database', { kind: 'refuse' });
    expect(kubectl.faults).toEqual(['refuse']);
    const changing = kubectl.calls.filter((call) => /\b(apply|delete|scale|exec) /.test(call));
    for (const call of changing) expect(call).toMatch(/--namespace lab-kube-\d+-\d+ /);
    await target.close();
    expect(kubectl.left()).toEqual([]);
  });

  it('knows the CPU of its pods only where they run on the kernel of this machine', async () => {
    const kubectl = createStandInKubectl();
    const system = await start(create(kubectl), { limits: { memoryBytes: 256_000_000 } });
    expect((await system.observe())[1]?.metrics).toMatchObject({
      container_spec_memory_limit_bytes: 256_000_000,
      container_cpu_cfs_throttled_periods_total: 7,
      container_memory_working_set_bytes: 60_000_000,
    });
    expect(await system.cpuSeconds()).toBeNull();
    kubectl.setBootId(readBootId() ?? '');
    // PostgreSQL, the downstream and the backend.
    expect(await system.cpuSeconds()).toBe(readBootId() === null ? null : 3 * 1.5);
  });

  it('tells a kill by the limit from any other end', async () => {
    const kubectl = createStandInKubectl();
    const system = await start(create(kubectl), { supervision: { timeScale: 0.1 } });
    kubectl.killByLimit();
    await vi.waitFor(() => {
      expect(system.incidents).toMatchObject([{ reason: 'OOMKilled', exitCode: 137 }]);
      expect(system.backends).toHaveLength(1);
    }, 5_000);
  });

  it('puts the real autoscaler over the backend, and gives it time', async () => {
    const kubectl = createStandInKubectl();
    const target = create(kubectl);
    const spec = { ...plain, autoscaler, balancing };
    const system = await start(target, spec);
    expect(JSON.parse(kubectl.applied[0] ?? '')).toMatchObject({
      kind: 'HorizontalPodAutoscaler',
      spec: { minReplicas: 1, maxReplicas: 4, scaleTargetRef: { name: 'backend-app' } },
    });
    await vi.waitFor(async () => {
      const [total] = await system.observe();
      expect(total?.metrics['kube_horizontalpodautoscaler_status_desired_replicas']).toBe(2);
    }, 5_000);
    await expect(system.scale(2)).rejects.toMatchObject({ code: 'not-supported' });
    expect(target.timeScale(spec, false)).toBeGreaterThan(target.timeScale(plain, true));
    expect(target.timeScale(plain, false)).toBe(1);
  });

  it('skips an autoscaler where there is no metrics-server', async () => {
    const target = create(createStandInKubectl({ hasMetrics: false }));
    await target.prepare(signal);
    expect(target.unsupported({ ...plain, autoscaler, balancing })).toContain('has no metrics-server');
    expect(target.unsupported({ ...plain, balancing: { level: 'request' } })).toContain('not requests');
  });

  it('removes the namespace of a lab that is dead, and of no other', async () => {
    const kubectl = createStandInKubectl();
    const namespace = (name: string, machine: string) => {
      const owner = JSON.stringify({ machine, pid: 999_999_999, startTime: '1@boot' });
      return { metadata: { name, annotations: { 'backend-load-testing.owner': owner } } };
    };
    kubectl.setLeftovers({ items: [namespace('lab-dead', hostname()), namespace('lab-far', 'another')] });
    const lines: string[] = [];
    await create(kubectl, {}, (line) => lines.push(line)).prepare(signal);
    expect(lines[0]).toBe('removed the namespace of run lab-dead, which had been killed');
    const deleted = kubectl.calls.filter((call) => call.includes('--wait=false'));
    expect(deleted).toEqual([expect.stringContaining('delete namespace lab-dead')]);
  });

  it('says in one sentence what is missing', async () => {
    const nothing = create({ path: createTestFolder() });
    await expect(nothing.prepare(signal)).rejects.toThrow('kubectl is not on PATH');
    const noContext = create(createStandInKubectl({ context: '' }));
    await expect(noContext.prepare(signal)).rejects.toThrow('kubectl has no current context');
    const noImage = create(createStandInKubectl({ missingImage: true }));
    await expect(start(noImage)).rejects.toThrow('backend-app:local is not on the node: build it');
  });

  it('works on the cluster of another machine only when that is confirmed', async () => {
    const far = { context: 'production', server: 'https://10.0.0.1:6443' };
    const refused = create(createStandInKubectl(far));
    await expect(refused.prepare(signal)).rejects.toThrow(`set CONFIRM_CONTEXT='production'`);
    const kubectl = createStandInKubectl(far);
    await create(kubectl, { CONFIRM_CONTEXT: 'production' }).prepare(signal);
    const after = kubectl.calls.slice(2);
    for (const call of after) expect(call).toMatch(/^--context production /);
  });
});
