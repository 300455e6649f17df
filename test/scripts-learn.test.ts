import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, deployedSystem, type Sandbox } from './stand-ins.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  await sandbox.set({ ...deployedSystem, started: '' });
});
afterEach(() => sandbox.remove());

const observed = (stdout: string) => stdout.match(/^observed/gm)?.length ?? 0;

describe('the learning scenarios observe what one is to see, by the commands that a person types', () => {
  it('CPU throttling: longer computations and throttled periods at 100m, and the limit of before afterwards', async () => {
    const { code, stdout, stderr, calls } = await sandbox.run('scripts/learn/cpu-throttling.sh');
    expect(code).toBe(0);
    expect(stderr).toContain(
      '$ kubectl set resources deployment backend-app -n load-testing --limits=cpu=100m',
    );
    expect(observed(stdout)).toBe(3);
    expect(stdout).toContain('55 ms, with the limit 610 ms');
    expect(stdout).toContain('in 390 of 400');
    expect(calls.filter((call) => call.includes('set resources')).at(-1)).toContain('--limits=cpu=500m');
  });

  it('OOMKilled: the reason, 137 and the restart, and a pod without the leak afterwards', async () => {
    const { code, stdout, calls } = await sandbox.run('scripts/learn/oom-killed.sh');
    expect(code).toBe(0);
    expect(observed(stdout)).toBe(4);
    expect(stdout).toContain('the reason is OOMKilled: OOMKilled');
    expect(calls).toContain('kubectl rollout restart deployment/backend-app -n load-testing');
  });

  it('downstream failure: the routes that call it fail, the others do not, and it comes back', async () => {
    await sandbox.set({ 'replicas-downstream-service': '2' });
    const { code, stdout, calls } = await sandbox.run('scripts/learn/downstream-failure.sh');
    expect(code).toBe(0);
    expect(observed(stdout)).toBe(4);
    const scaled = calls.filter((call) => call.includes(' scale '));
    expect(scaled.map((call) => call.split('=').at(-1))).toEqual(['0', '2']);
  });

  it('horizontal scaling: replicas 1 → 10 under load, which ends with the experiment, and one afterwards', async () => {
    const { code, stdout, calls } = await sandbox.run('scripts/learn/horizontal-scaling.sh', {
      STOPS: 'yes',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('replicas were added: 1 → 10');
    expect(calls.find((call) => call.startsWith('k6 '))).toMatch(
      /^k6 run --vus 100 --duration 10m load-tests\/k6\/baseline\.js BASE_URL=http:\/\/localhost:30000/,
    );
    expect(calls.slice(-4).join()).toMatch(
      /delete -f k8s\/hpa\.yaml.*scale deployment backend-app .*--replicas=1.*--limits=cpu=500m/,
    );
  });
});

describe('a learning scenario', () => {
  it('says what was not observed, and ends with 1', async () => {
    const { code, stdout } = await sandbox.run('scripts/learn/cpu-throttling.sh', { SLOW: '0.1' });
    expect(code).toBe(1);
    expect(stdout).toMatch(/NOT OBSERVED {2}the same computation takes three times as long/);
  });

  it('leaves the state of the experiment with --keep', async () => {
    const { code, calls } = await sandbox.run('scripts/learn/downstream-failure.sh --keep');
    expect(code).toBe(0);
    expect(calls.filter((call) => call.includes(' scale '))).toHaveLength(1);
  });

  it.each([
    ['the system is not deployed', 'oom-killed', { remove: 'deployed-*' }, /scripts\/deploy-all\.sh/],
    [
      'several replicas share the trouble',
      'oom-killed',
      { 'replicas-backend-app': '3' },
      /there are 3: .*--replicas=1/,
    ],
    [
      'an autoscaler is at work',
      'cpu-throttling',
      { 'deployed-hpa': '' },
      /kubectl delete -f k8s\/hpa\.yaml/,
    ],
    [
      'there is no metrics-server',
      'horizontal-scaling',
      { FAULT: 'no-metrics' },
      /minikube addons enable metrics-server/,
    ],
    [
      'NodePort 30000 is not reached',
      'oom-killed',
      { FAULT: 'unreachable' },
      /kubectl port-forward service\/backend-service/,
    ],
  ])('changes nothing and says what to do where %s', async (_case, name, wrong, sentence) => {
    const { FAULT = '', remove, ...state } = wrong as Record<string, string>;
    await sandbox.set(state);
    if (remove) await sandbox.run(`rm "$STATE"/${remove}`);
    const { code, stderr, calls } = await sandbox.run(`scripts/learn/${name}.sh`, { FAULT });
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(calls.filter((call) => /set resources|scale|rollout|apply|delete/.test(call))).toEqual([]);
  });

  it('has a page that ends with its undo', async () => {
    for (const name of ['cpu-throttling', 'oom-killed', 'downstream-failure', 'horizontal-scaling']) {
      const page = await readFile(join(import.meta.dirname, `../docs/kubernetes/${name}.md`), 'utf8');
      expect(page.slice(page.lastIndexOf('\n## '))).toMatch(/^\n## Undo\n\n```bash\n[^`]+```\n$/);
      expect(page).toContain(`scripts/learn/${name}.sh`);
    }
  });
});
