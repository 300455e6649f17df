// `npm run check`: every static check of the project, each with its name and time; all run, also after a failure.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const checks = {
  format: [bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  'lint and file length': [bin('oxlint'), ['--type-aware', '--deny-warnings']],
  types: [bin('tsc'), ['-p', 'tsconfig.json']],
  'types of the downstream service': [
    bin('tsc'),
    ['-p', 'downstream-slow-service/tsconfig.json', '--noEmit'],
  ],
  'types of the k6 scripts': [bin('tsc'), ['-p', 'load-tests/k6', '--noEmit']],
  'import walls and cycles': [
    bin('depcruise'),
    [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      'app/src',
      'lab/src',
      'downstream-slow-service/src',
    ],
  ],
  'unused code and dependencies': [bin('knip'), ['--no-progress']],
  'no names of machines or registries': [process.execPath, ['scripts/check-words.mjs']],
};

const failed = Object.entries(checks).filter(([name, [command, args]]) => {
  const startedMs = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(
    `${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`,
  );
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
