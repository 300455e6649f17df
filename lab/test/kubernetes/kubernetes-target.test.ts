import { execFileSync } from 'node:child_process';
import { createKubernetesTarget } from '../../src/targets/kubernetes/kubernetes.ts';
import { describeRealTarget } from '../real-target.ts';

const kubectl = 'kubectl';
const args = ['get', 'namespaces', '--selector', 'backend-load-testing.run', '--output', 'name'];

await describeRealTarget({
  name: 'kubernetes',
  create: createKubernetesTarget,
  left: () => execFileSync(kubectl, args, { encoding: 'utf8' }).trim(),
});
