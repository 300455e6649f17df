import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSandbox, deployedSystem, type Sandbox } from './stand-ins.ts';

const root = join(import.meta.dirname, '..');
const pages = readdirSync(join(root, 'docs/kubernetes'))
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/kubernetes/${file}`)
  .concat('docs/troubleshooting.md');
const fence = /^ *```bash\n(?<block>.*?)^ *```$/gms;
const blocksOf = (page: string) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(fence)].map((match) => match.groups?.['block'] ?? '');

/** Every command of the project's specification that a cluster is needed for, in its order. */
const specified = `
brew install minikube kubectl k6
curl -LO https://storage.googleapis.com/minikube/releases/latest/minikube-linux-amd64
sudo install minikube-linux-amd64 /usr/local/bin/minikube
git clone https://github.com/yourusername/backend-load-testing.git
cd backend-load-testing
chmod +x scripts/*.sh
./scripts/setup-minikube.sh
./scripts/deploy-all.sh
./scripts/load-test.sh
./scripts/deploy-downstream.sh
./scripts/deploy.sh
kubectl get pods -n load-testing
./scripts/test-downstream.sh
k6 run load-tests/k6/baseline.js
k6 run load-tests/k6/cpu-stress.js
k6 run load-tests/k6/memory-stress.js
k6 run load-tests/k6/io-stress.js
k6 run load-tests/k6/db-pool-exhaust.js
k6 run load-tests/k6/cascade-failure.js
curl http://$(minikube ip):30000/metrics
kubectl top pods -n load-testing
kubectl get hpa -n load-testing --watch
kubectl logs -f deployment/backend-app -n load-testing
kubectl logs -f deployment/downstream-service -n load-testing
stern -n load-testing .
./scripts/monitor.sh --watch
kubectl set resources deployment backend-app -n load-testing --limits=cpu=100m
for i in {1..20}; do
curl "http://$(minikube ip):30000/api/memory-leak?size_mb=50"
sleep 2
kubectl scale deployment downstream-service -n load-testing --replicas=0
curl "http://$(minikube ip):30000/api/cascade-failure"
kubectl apply -f k8s/hpa.yaml
k6 run --vus 100 --duration 10m load-tests/k6/baseline.js
minikube service backend-service -n load-testing --url
kubectl port-forward svc/backend-service 8000:8000 -n load-testing
kubectl rollout restart deployment/backend-app -n load-testing
kubectl scale deployment backend-app -n load-testing --replicas=5
kubectl get events -n load-testing --sort-by='.lastTimestamp'
kubectl describe pod <pod-name> -n load-testing
kubectl exec -it <pod-name> -n load-testing -- /bin/bash
kubectl logs <pod-name> -n load-testing
kubectl get svc downstream-service -n load-testing
kubectl get endpoints downstream-service -n load-testing
curl http://$(minikube ip):30000/health
kubectl get svc backend-service -n load-testing
./scripts/cleanup.sh
kubectl delete namespace load-testing
minikube stop
minikube delete
`
  .trim()
  .split('\n');

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

describe('the pages about the cluster', () => {
  it('have every command of the specification', () => {
    const lines = pages.flatMap((page) => blocksOf(page).flatMap((block) => block.split('\n')));
    const commands = new Set(lines.map((line) => line.trim()));
    expect(specified.filter((command) => !commands.has(command))).toEqual([]);
  });

  it.each(pages)(
    '%s: every command block runs, against stand-ins that refuse what no cluster has answered',
    async (page) => {
      sandbox = await createSandbox();
      // It goes on until it is stopped, and has tests of its own.
      await writeFile(join(sandbox.project, 'scripts/monitor.sh'), '#!/bin/sh\n', { mode: 0o755 });
      const isFromNothing = page === 'docs/kubernetes/README.md';
      if (!isFromNothing) await sandbox.set({ ...deployedSystem, started: '' });
      const script = ['set -e', ...blocksOf(page)]
        .join('\n')
        .replaceAll('<pod-name>', 'backend-app-5d4f8-1')
        // These fail where a failure is what is shown.
        .replaceAll(/^ *(?:curl|\.\/scripts\/test-downstream\.sh).*$/gm, '$& || [ $? -ne 64 ]');
      const { code, stderr } = await sandbox.run(script, {
        CWD: isFromNothing ? sandbox.work : sandbox.project,
        HEALTH_TIMEOUT: '0',
      });
      expect(stderr).not.toMatch(/not recorded|not found/);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    },
  );
});
