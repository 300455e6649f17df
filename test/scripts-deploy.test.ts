import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSandbox, deployedSystem, type Sandbox } from './stand-ins.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.remove());

const images = { images: 'backend-app:local\ndownstream-service:local\n' };
const called = (calls: readonly string[], start: string) => calls.filter((call) => call.startsWith(start));

describe('scripts/deploy-all.sh', () => {
  it('builds and loads the images that no node has, the downstream service first', async () => {
    const { code, stdout, calls } = await sandbox.run('scripts/deploy-all.sh');
    expect(code).toBe(0);
    const steps = calls
      .filter((call) => /build|image load|apply|rollout status/.test(call))
      .map((call) => call.replaceAll(`${sandbox.project}/`, ''));
    expect(steps).toEqual([
      'docker build --tag downstream-service:local --file downstream-slow-service/docker/Dockerfile ' +
        join(sandbox.project, 'downstream-slow-service').replace(`${sandbox.project}/`, ''),
      'minikube --profile minikube image load downstream-service:local',
      'kubectl apply --kustomize downstream-slow-service/k8s',
      'kubectl --namespace load-testing rollout status deployment/downstream-service --timeout=10s',
      `docker build --tag backend-app:local --file docker/Dockerfile ${sandbox.project}`,
      'minikube --profile minikube image load backend-app:local',
      'kubectl apply --kustomize k8s/overlays/minikube',
      'kubectl --namespace load-testing rollout status statefulset/postgres --timeout=10s',
      'kubectl --namespace load-testing rollout status deployment/redis --timeout=10s',
      'kubectl --namespace load-testing rollout status deployment/backend-app --timeout=10s',
    ]);
    expect(stdout).toContain('The backend answers: curl http://localhost:30000/health');
  });

  it('changes nothing when it is run again', async () => {
    await sandbox.run('scripts/deploy-all.sh');
    const { code, stdout, calls } = await sandbox.run('scripts/deploy-all.sh');
    expect(code).toBe(0);
    expect(stdout).toContain('k8s/overlays/minikube: unchanged');
    expect(calls.filter((call) => /docker build|image load|restart|delete|apply/.test(call))).toEqual([]);
  });

  it('restarts what runs when its image was built anew', async () => {
    await sandbox.set({ ...deployedSystem, ...images });
    const { calls } = await sandbox.run('scripts/deploy-all.sh --build');
    expect(called(calls, 'docker build')).toHaveLength(2);
    expect(called(calls, 'kubectl --namespace load-testing rollout restart')).toHaveLength(2);
  });

  it('takes the overlay without storage where there is no default StorageClass, and says so', async () => {
    await sandbox.set(images);
    const { stderr, calls } = await sandbox.run('scripts/deploy.sh', { FAULT: 'no-storage' });
    expect(calls.join('\n')).toContain(
      'apply --kustomize ' + join(sandbox.project, 'k8s/overlays/no-storage'),
    );
    expect(stderr).toContain('no default StorageClass');
  });

  it('stays with the overlay that the database was made with', async () => {
    await sandbox.set({ ...images, ...deployedSystem });
    const { calls } = await sandbox.run('scripts/deploy.sh', { FAULT: 'no-volume' });
    expect(calls.join('\n')).toContain('k8s/overlays/no-storage');
  });

  it('gives the name of the image to the command in IMAGE_LOADER', async () => {
    const { calls } = await sandbox.run('scripts/deploy-all.sh', { IMAGE_LOADER: 'image-loader --to node' });
    expect(called(calls, 'image-loader')).toEqual([
      'image-loader --to node downstream-service:local',
      'image-loader --to node backend-app:local',
    ]);
  });

  it('loads into the kind cluster of the context', async () => {
    const { calls } = await sandbox.run('scripts/deploy.sh', { CONTEXT: 'kind-lab' });
    expect(called(calls, 'kind')).toEqual(['kind load docker-image backend-app:local --name lab']);
  });
});

describe('where it cannot deploy, one sentence says what to do', () => {
  const other = { CONTEXT: 'production', SERVER: 'https://api.example.com:6443' };
  it.each([
    ['the context is not of this machine', other, /set CONFIRM_CONTEXT='production'/],
    ['there is no context', { CONTEXT: 'none' }, /scripts\/setup-minikube\.sh, or set KUBECONFIG/],
    ['the cluster is stopped', { FAULT: 'down' }, /minikube does not answer: start it/],
    ['port 30000 is taken', { FAULT: 'port-taken' }, /taken by the service other\/shop: /],
    ['the engine is stopped', { FAULT: 'no-engine' }, /its engine does not answer: start it/],
    ['nobody knows how images get there', { ...other, CONFIRM_CONTEXT: 'production' }, /set IMAGE_LOADER/],
    [
      'an image is missing',
      { FAULT: 'not-ready no-image' },
      /backend-app:local is not on the nodes: scripts\/setup/,
    ],
    [
      'an official image is missing',
      { FAULT: 'not-ready no-image' },
      /cannot pull postgres:15-alpine: docker pull/,
    ],
    ['the parameter is unknown', { PARAMETERS: '--bulid' }, /unknown parameter --bulid/],
  ])('%s', async (_case, environment, sentence) => {
    const { PARAMETERS = '', ...rest } = environment as Record<string, string>;
    const { code, stderr } = await sandbox.run(`scripts/deploy.sh ${PARAMETERS}`, rest);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it.each(['kubectl', 'docker', 'minikube'])('%s is missing', async (program) => {
    await sandbox.withdraw(program);
    const { code, stderr } = await sandbox.run('scripts/deploy.sh');
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`${program} is not installed: .*https://`));
  });

  it('nothing was changed before it is asked about a context that is not of this machine', async () => {
    const { calls } = await sandbox.run('scripts/deploy-all.sh', other);
    expect(calls.filter((call) => /apply|build|delete/.test(call))).toEqual([]);
  });

  it('NodePort 30000 cannot be reached', async () => {
    const { code, stderr } = await sandbox.run('scripts/deploy.sh', { FAULT: 'unreachable' });
    expect(code).toBe(0);
    expect(stderr).toContain('kubectl port-forward service/backend-service 30000:8000 -n load-testing');
  });

  it('the cluster has no metrics-server', async () => {
    const { code, stderr } = await sandbox.run('scripts/deploy.sh', { FAULT: 'no-metrics' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/no metrics-server, .*minikube addons enable metrics-server/);
  });
});

/** The script looks at the real port, which a real cluster of this machine may answer at. */
const isPortFree = await new Promise<boolean>((resolve) => {
  const socket = connect(30_000, '127.0.0.1');
  socket.once('error', () => resolve(true));
  socket.once('connect', () => {
    socket.destroy();
    resolve(false);
  });
});

describe('scripts/setup-minikube.sh', () => {
  it.runIf(isPortFree)(
    'starts Minikube with port 30000 published, switches metrics-server on, builds and loads both images',
    async () => {
      const { code, calls } = await sandbox.run('scripts/setup-minikube.sh');
      expect(code).toBe(0);
      const steps = calls.filter((call) => /start --|addons|build|image load/.test(call));
      expect(steps.map((call) => call.split(' --file')[0])).toEqual([
        'minikube start --ports=127.0.0.1:30000:30000',
        'minikube addons enable metrics-server',
        'docker build --tag backend-app:local',
        'minikube --profile minikube image load backend-app:local',
        'docker build --tag downstream-service:local',
        'minikube --profile minikube image load downstream-service:local',
      ]);
    },
  );

  it('does not start what runs', async () => {
    await sandbox.set({ started: '' });
    const { code, calls } = await sandbox.run('scripts/setup-minikube.sh');
    expect(code).toBe(0);
    expect(called(calls, 'minikube start')).toEqual([]);
  });

  it('clones DOWNSTREAM_REPO where the folder is missing, else says what to set', async () => {
    await rm(join(sandbox.project, 'downstream-slow-service'), { recursive: true });
    const without = await sandbox.run('scripts/setup-minikube.sh');
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('set DOWNSTREAM_REPO');
    await mkdir(join(sandbox.work, 'downstream-slow-service/docker'), { recursive: true });
    await sandbox.run(`cp -R ${sandbox.work}/downstream-slow-service ${sandbox.work}/origin`);
    const url = 'https://github.com/yourusername/downstream-slow-service.git';
    const { calls } = await sandbox.run('scripts/setup-minikube.sh', { DOWNSTREAM_REPO: url });
    expect(called(calls, 'git clone')[0]).toContain(`git clone ${url} ${sandbox.project}`);
  });

  it('says how to reach port 30000 of a cluster that was made without it', async () => {
    await sandbox.set({ started: '' });
    const { stderr } = await sandbox.run('scripts/setup-minikube.sh', {
      FAULT: 'not-published unreachable',
    });
    expect(stderr).toContain('minikube delete, then run this again');
  });
});
