// Fails when a tracked file holds an absolute path of a machine, a registry's address, or a left-open mark.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const forbidden = [
  [/\bregistry\.npmjs\.org\b/, 'address of a registry'],
  [/(?<![\w.])\/(?:root|home|work|Users)\/[\w.-]+/, 'absolute path of a machine'],
  [/\b(?:TODO|FIXME|XXX)\b/, 'left-open mark'],
];
const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
const faults = files
  .filter((file) => file !== 'scripts/check-words.mjs' && !/\.(png|ico)$/.test(file))
  .flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        forbidden
          .filter(([pattern]) => pattern.test(line))
          .map(([, what]) => `${file}:${index + 1}: ${what}: ${line.trim().slice(0, 100)}`),
      ),
  );
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
