import { execFileSync } from 'node:child_process';
import { createComposeTarget } from '../../src/targets/compose/compose.ts';
import { describeRealTarget } from '../real-target.ts';

const docker = 'docker';

await describeRealTarget({
  name: 'compose',
  create: createComposeTarget,
  left: () =>
    [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ]
      .map((words) => [...words, '--quiet', '--filter', 'label=backend-load-testing.run'])
      .map((args) => execFileSync(docker, args, { encoding: 'utf8' }))
      .join('')
      .split('\n')
      .toSorted()
      .join(' ')
      .trim(),
});
