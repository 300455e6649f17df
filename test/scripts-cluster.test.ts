import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, deployedSystem, type Sandbox } from './stand-ins.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  await sandbox.set({ ...deployedSystem, started: '' });
});
afterEach(() => sandbox.remove());

describe('scripts/test-downstream.sh', () => {
  it('tests the service, its endpoints, and a call from each pod of the backend', async () => {
    await sandbox.set({ 'replicas-backend-app': '2' });
    const { code, stdout } = await sandbox.run('scripts/test-downstream.sh');
    expect(code).toBe(0);
    expect(stdout.match(/^ok/gm)).toHaveLength(4);
    expect(stdout).toMatch(/from backend-app-5d4f8-2: 200 after 4 ms/);
  });

  it.each([
    ['is not deployed', { remove: 'deployed-downstream-service' }, /scripts\/deploy-downstream\.sh/],
    ['has no pod', { 'replicas-downstream-service': '0' }, /kubectl scale deployment downstream-service/],
    ['cannot be called', { FAULT: 'no-route' }, /FAILED {2}from .*: no answer: getaddrinfo ENOTFOUND/],
  ])('says what to do when the downstream service %s', async (_case, wrong, sentence) => {
    const { FAULT = '', remove, ...state } = wrong as Record<string, string>;
    await sandbox.set(state);
    if (remove) await sandbox.run(`rm "$STATE/${remove}"`);
    const { code, stdout } = await sandbox.run('scripts/test-downstream.sh', { FAULT });
    expect(code).toBe(1);
    expect(stdout).toMatch(sentence);
  });
});

describe('scripts/cleanup.sh', () => {
  it('deletes the namespace with a deadline, and does nothing when it is run again', async () => {
    const first = await sandbox.run('scripts/cleanup.sh');
    expect(first.code).toBe(0);
    expect(first.calls).toContain('kubectl delete namespace load-testing --timeout=180s');
    const second = await sandbox.run('scripts/cleanup.sh');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('nothing to do');
    expect(second.calls.join()).not.toContain('delete');
  });

  it('leaves a namespace of this name alone that is not of this project', async () => {
    await sandbox.set({ label: 'a shop' });
    const { code, stderr, calls } = await sandbox.run('scripts/cleanup.sh');
    expect(code).toBe(2);
    expect(stderr).toContain("may be somebody else's");
    expect(calls.join()).not.toContain('delete');
  });
});

describe('every script of the cluster', () => {
  const scripts = ['deploy-all', 'deploy', 'deploy-downstream', 'test-downstream', 'cleanup'].concat(
    ['cpu-throttling', 'oom-killed', 'downstream-failure', 'horizontal-scaling'].map(
      (name) => `learn/${name}`,
    ),
  );
  it.each(scripts)('%s.sh changes nothing in a context that is not of this machine', async (script) => {
    const { code, stderr, calls } = await sandbox.run(`scripts/${script}.sh`, {
      CONTEXT: 'production',
      SERVER: 'https://api.example.com:6443',
    });
    expect(code).toBe(2);
    expect(stderr).toContain(
      "set CONFIRM_CONTEXT='production' to let it work there, in the namespace load-testing",
    );
    expect(calls.filter((call) => !/config (view|current-context)|get --raw \/version/.test(call))).toEqual(
      [],
    );
  });

  it.each([...scripts, 'setup-minikube', 'load-test'])(
    '%s.sh --help says what it does and calls nothing',
    async (script) => {
      const { code, stdout, calls } = await sandbox.run(`scripts/${script}.sh --help`);
      expect(code).toBe(0);
      expect(stdout).toContain(`scripts/${script}.sh`);
      expect(calls).toEqual([]);
    },
  );

  it.each(['kind-lab', 'docker-desktop', 'anything on 127.0.0.1'])(
    'takes %s for a cluster of this machine',
    async (CONTEXT) => {
      const { code } = await sandbox.run('scripts/test-downstream.sh', {
        CONTEXT,
        SERVER: 'https://127.0.0.1:6443',
      });
      expect(code).toBe(0);
    },
  );
});

describe('the control APIs of pods', () => {
  const k6 = (calls: readonly string[]) => calls.find((call) => call.startsWith('k6 ')) ?? '';

  it('are forwarded one by one while a load test runs against the cluster, and not after it', async () => {
    await sandbox.set({ 'replicas-backend-app': '2' });
    const { code, stderr, calls } = await sandbox.run('scripts/load-test.sh cascade-failure');
    expect(code).toBe(0);
    expect(stderr).toContain('testing http://localhost:30000 (the cluster (NodePort 30000))');
    const urls = /CONTROL_URL=(\S+),(\S+) DOWNSTREAM_CONTROL_URL=(\S+)$/.exec(k6(calls))?.slice(1) ?? [];
    expect(urls).toHaveLength(3);
    expect(new Set(urls).size).toBe(3);
    for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('are left to the user who gives their addresses', async () => {
    const { calls } = await sandbox.run('scripts/load-test.sh cpu-stress', {
      CONTROL_URL: 'http://localhost:8100',
    });
    expect(calls.join()).not.toContain('port-forward');
    expect(k6(calls)).toContain('CONTROL_URL=http://localhost:8100 ');
  });

  it('are not looked for when the load goes elsewhere', async () => {
    await sandbox.set({ composed: '' });
    const { calls } = await sandbox.run('scripts/load-test.sh cpu-stress', {
      BASE_URL: 'http://localhost:8000',
    });
    expect(calls.join()).not.toContain('port-forward');
  });
});
