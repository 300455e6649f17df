import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createStandInDocker } from '../../../test/fakes/stand-in-docker.ts';
import { createTestFolder, createTestHost, repositoryRoot } from '../../../../test/local-target.ts';
import { readBootId } from '../container/boot-id.ts';
import type { SystemSpec } from '../target.ts';
import { describeTarget } from '../target.contract.ts';
import { createComposeTarget } from './compose.ts';

const { signal } = new AbortController();
const plain: SystemSpec = { replicas: 1, backendEnvironment: {}, downstreamEnvironment: {}, ports: 'auto' };
let count = 0;

function create(
  docker: { readonly path: string },
  environment: Readonly<Record<string, string>> = {},
  log: (line: string) => void = () => undefined,
) {
  count += 1;
  const target = createComposeTarget(createTestHost(), {
    runId: `compose-${process.pid}-${count}`,
    repositoryRoot,
    environment: { PATH: docker.path, DOCKER_HOST: 'unix:///var/run/docker.sock', ...environment },
    log,
  });
  onTestFinished(() => target.close());
  return target;
}

const start = (target: ReturnType<typeof create>, spec: Partial<SystemSpec> = {}) =>
  target.start({ ...plain, ...spec }, { signal, logFolder: createTestFolder() });

describe('the target compose', () => {
  describeTarget(() => create(createStandInDocker()));

  it('reads the control groups of its containers, and knows their CPU where the kernel is its own', async () => {
    const docker = createStandInDocker();
    const system = await start(create(docker), { limits: { cpuCores: 0.1, memoryBytes: 256_000_000 } });
    expect((await system.observe())[1]).toEqual({
      replica: 'backend-1',
      metrics: {
        kube_pod_container_status_restarts_total: 0,
        kube_pod_container_status_ready: 1,
        container_oom_events_total: 0,
        container_spec_memory_limit_bytes: 256_000_000,
        container_cpu_usage_seconds_total: 1.5,
        container_cpu_cfs_periods_total: 100,
        container_cpu_cfs_throttled_periods_total: 7,
        container_cpu_cfs_throttled_seconds_total: 0.25,
        container_memory_working_set_bytes: 60_000_000,
      },
    });
    expect(await system.cpuSeconds()).toBeNull();
    docker.setBootId(readBootId() ?? '');
    // PostgreSQL, Redis, the downstream, the backend and the front.
    expect(await system.cpuSeconds()).toBe(readBootId() === null ? null : 5 * 1.5);
    expect(docker.calls.some((call) => call.startsWith('update --cpus 0.1 backend-id-1'))).toBe(true);
  });

  it('tells a kill by the limit from any other end, also when the engine says it late', async () => {
    const docker = createStandInDocker();
    const system = await start(create(docker), { supervision: { timeScale: 0.1 } });
    docker.killByLimit();
    await vi.waitFor(() => {
      expect(system.incidents).toMatchObject([{ replica: 'backend-1', reason: 'OOMKilled', exitCode: 137 }]);
      expect(system.backends).toHaveLength(1);
    }, 5_000);
    expect((await system.observe())[1]?.metrics).toMatchObject({ container_oom_events_total: 1 });
  });

  it('gives the control API a token that nobody else knows', async () => {
    const system = await start(create(createStandInDocker()));
    const { controlToken } = system.downstreams[0] ?? {};
    expect(controlToken).toMatch(/^[\w-]{32}$/);
    const environment = (await (await fetch(system.url)).json()) as Record<string, string>;
    expect(environment['CONTROL_TOKEN']).not.toBe('known-to-all');
  });

  it('puts a proxy between the services, and leaves nothing of all that after its close', async () => {
    const docker = createStandInDocker();
    const target = create(docker);
    const system = await start(target, { faultEdges: ['downstream', 'database'] });
    expect(system.databaseUrl).toContain('@proxy-database:5432/');
    await system.disturb('downstream', { kind: 'black-hole' });
    expect(docker.faults).toEqual(['black-hole']);
    expect(docker.left().filter((service) => service === 'proxy')).toHaveLength(2);
    await target.close();
    await expect.poll(() => docker.left()).toEqual([]);
  });

  it('removes the containers of a lab that is dead, and of no other', async () => {
    const docker = createStandInDocker();
    const owner = (machine: string) => JSON.stringify({ machine, pid: 999_999_999, startTime: '1@boot' });
    docker.setLeftovers(`dead\t${owner(hostname())}\nelsewhere\t${owner('another-machine')}`);
    const lines: string[] = [];
    await create(docker, {}, (line) => lines.push(line)).prepare(signal);
    expect(lines[0]).toBe('removed the containers of run dead, which had been killed');
    const downs = docker.calls.filter((call) => call.includes(' down '));
    expect(downs).toEqual([expect.stringContaining('--project-name lab-dead')]);
  });

  it('says in one sentence what is missing', async () => {
    const missing = create(createStandInDocker({ missingImage: 'backend-app:local' }));
    await expect(missing.prepare(signal)).rejects.toThrow(
      'the image backend-app:local was not built. Run: docker compose build',
    );
    const nothing = create({ path: createTestFolder() });
    await expect(nothing.prepare(signal)).rejects.toThrow('docker is not on PATH: install Docker');
    const remote = create(createStandInDocker(), { DOCKER_HOST: 'ssh://build-server' });
    await expect(remote.prepare(signal)).rejects.toThrow('is another machine');
  });

  it('says why it runs neither an autoscaler, nor probes, nor a balancer of requests', () => {
    const target = create({ path: '' });
    const probe = { path: '/livez', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 };
    const balancing = { level: 'request' } as const;
    expect(target.unsupported({ ...plain, balancing })).toContain('connections, not requests');
    expect(target.unsupported({ ...plain, supervision: { timeScale: 1, liveness: probe } })).toContain(
      'probe',
    );
    const stabilizationWindowSeconds = { scaleUp: 0, scaleDown: 0 };
    const bounds = { minReplicas: 1, maxReplicas: 2, averageUtilization: 60, requestCores: 1 };
    const autoscaler = { ...bounds, syncPeriodSeconds: 15, stabilizationWindowSeconds };
    expect(target.unsupported({ ...plain, autoscaler })).toContain('no autoscaler');
  });
});
