import { readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSandbox, deployedSystem, type Sandbox } from './stand-ins.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const blocksOf = (page: string) =>
  [...read(page).matchAll(/^ *```bash\n(?<block>.*?)^ *```$/gms)].map(
    (match) => match.groups?.['block'] ?? '',
  );
const commandsOf = (block: string) => block.split('\n').map((line) => line.replace(/ +#.*$/, '').trim());

const here = 'test/spec-commands.test.ts';
const pages = 'test/kubernetes-pages.test.ts';
/** Each command block of the project's specification: a command of it, our page that has it, the test that runs it. */
const specified = [
  ['Quick Installation', 'brew install minikube kubectl k6', 'README.md', here],
  ['Option 1', './scripts/deploy-all.sh', 'README.md', here],
  ['Option 2', './scripts/test-downstream.sh', 'README.md', here],
  ['Option 3', 'docker-compose up --build', 'README.md', here],
  ['1. Baseline Performance', 'k6 run load-tests/k6/baseline.js', 'docs/kubernetes/README.md', pages],
  ['2. CPU Stress', 'k6 run load-tests/k6/cpu-stress.js', 'docs/kubernetes/README.md', pages],
  ['3. Memory Stress', 'k6 run load-tests/k6/memory-stress.js', 'docs/kubernetes/README.md', pages],
  ['4. I/O Stress', 'k6 run load-tests/k6/io-stress.js', 'docs/kubernetes/README.md', pages],
  ['5. Database Pool', 'k6 run load-tests/k6/db-pool-exhaust.js', 'docs/kubernetes/README.md', pages],
  ['6. Cascade Failure', 'k6 run load-tests/k6/cascade-failure.js', 'docs/kubernetes/README.md', pages],
  ['View Metrics', 'kubectl top pods -n load-testing', 'README.md', here],
  ['View Logs', 'stern -n load-testing .', 'docs/kubernetes/README.md', pages],
  ['Real-time Monitoring', './scripts/monitor.sh --watch', 'README.md', 'test/monitoring-script.test.ts'],
  ['CPU Throttling', '--limits=cpu=100m', 'docs/kubernetes/cpu-throttling.md', pages],
  ['OOMKilled', 'memory-leak?size_mb=50', 'docs/kubernetes/oom-killed.md', pages],
  [
    'Downstream Failure',
    'downstream-service -n load-testing --replicas=0',
    'docs/kubernetes/downstream-failure.md',
    pages,
  ],
  ['Horizontal Scaling', 'kubectl apply -f k8s/hpa.yaml', 'docs/kubernetes/horizontal-scaling.md', pages],
  ['Common Commands', 'minikube service backend-service', 'docs/kubernetes/README.md', pages],
  ['Pods Not Starting', 'kubectl logs <pod-name>', 'docs/troubleshooting.md', pages],
  ['Downstream Connection', 'kubectl get endpoints downstream-service', 'docs/troubleshooting.md', pages],
  ['Load Tests Failing', 'kubectl get svc backend-service', 'docs/troubleshooting.md', pages],
  ['Cleanup', './scripts/cleanup.sh', 'README.md', here],
] as const;

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

async function createProject(): Promise<Sandbox> {
  const created = await createSandbox();
  sandbox = created;
  // It goes on until it is stopped, and has tests of its own.
  await writeFile(join(created.project, 'scripts/monitor.sh'), '#!/bin/sh\n', { mode: 0o755 });
  return created;
}

it.each(specified)('the block "%s" of the specification stands in a page whose blocks run', (...row) => {
  const [, command, page, test] = row;
  expect(blocksOf(page).join('\n')).toContain(command);
  expect(read(test).length).toBeGreaterThan(0);
});

describe('the README', () => {
  /** Those of Node alone have tests of their own: lab/test/readme.test.ts. */
  const blocks = blocksOf('README.md').filter((block) => /\.\/scripts\/|kubectl|minikube|docker/.test(block));
  const named = (command: string) => blocks.find((block) => commandsOf(block).includes(command)) ?? '';

  it.each(blocks.map((block) => [commandsOf(block).find(Boolean) ?? '', block] as const))(
    'has a block that runs, against stand-ins: %s …',
    async (_first, block) => {
      const { run, set, work, project } = await createProject();
      const isFromNothing = block.includes('git clone');
      const needsSystem = !/deploy(-all|-downstream)?\.sh|git clone|docker/.test(block);
      if (needsSystem) await set({ ...deployedSystem, started: '' });
      const { code, stderr } = await run(`set -e\n${block}`, { CWD: isFromNothing ? work : project });
      expect(stderr).not.toMatch(/not recorded|not found/);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  it('deploys in option 2 the downstream service before the backend, into an empty cluster', async () => {
    const { run } = await createProject();
    const { calls } = await run(`set -e\n${named('./scripts/deploy-downstream.sh')}`);
    const applied = calls.filter((call) => call.startsWith('kubectl apply'));
    expect(applied.map((call) => call.split('/').at(-1))).toEqual(['k8s', 'minikube']);
    expect(applied[0]).toContain('downstream-slow-service/k8s');
  });

  it('starts in option 3 the system of two clones side by side as well', async () => {
    const { run, work, project } = await createProject();
    await cp(project, join(work, 'backend-load-testing'), { recursive: true });
    await cp(join(project, 'downstream-slow-service'), join(work, 'downstream-slow-service'), {
      recursive: true,
    });
    const { code, calls } = await run(`set -e\n${named('docker-compose up --build')}`, {
      CWD: join(work, 'backend-load-testing'),
      DOWNSTREAM_DIR: '../downstream-slow-service',
    });
    expect(code).toBe(0);
    expect(calls).toContain('docker-compose up --build');
  });

  it('names every endpoint of the specification', () => {
    const paths = `/api/cpu-intensive /api/hash /api/json-processing /api/slow /api/random-delay /api/blocking
      /api/parallel-io /api/call-downstream /api/cascade-failure /api/no-timeout /api/memory-leak /api/memory-spike
      /api/clear-memory /api/tasks /api/db-pool-exhaust /api/expensive-query /health /metrics /slow /random
      /sometimes-fail /timeout-trap`.split(/\s+/);
    const text = read('README.md');
    expect(paths.filter((path) => !text.includes(`${path}\``))).toEqual([]);
    const documented = read('docs/endpoints.md') + read('downstream-slow-service/README.md');
    expect(paths.filter((path) => !documented.includes(`${path}\``))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  interface Service {
    readonly image?: string;
    readonly build?: { readonly dockerfile?: string };
    readonly environment?: Readonly<Record<string, string | null>>;
    readonly depends_on?: object;
  }
  const ours = (parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> })
    .services;

  it.each([
    ['postgres', { image: 'postgres:15-alpine' }, { POSTGRES_USER: 'postgres', POSTGRES_DB: 'loadtest' }],
    ['redis', { image: 'redis:7-alpine' }, {}],
    ['downstream', { build: { dockerfile: 'docker/Dockerfile' } }, { DEFAULT_DELAY: '3' }],
    [
      'backend',
      { build: { dockerfile: 'docker/Dockerfile' } },
      { REDIS_URL: 'redis://redis:6379/0', DOWNSTREAM_SERVICE_URL: 'http://downstream:8001' },
    ],
  ])('has the service %s as the specification has it', (name, service, environment) => {
    expect(ours[name]).toMatchObject(service);
    expect(ours[name]?.environment ?? {}).toMatchObject(environment);
  });

  it('starts the backend after the three that it needs', () => {
    expect(Object.keys(ours['backend']?.depends_on ?? {}).sort()).toEqual([
      'downstream',
      'postgres',
      'redis',
    ]);
  });
});
