// Runs the unprotected and the protected arms of two scenarios beside the demo's: those that the last commit touches,
// else two that its hash chooses, so that all have their turn. Ends as `lab run` does; 3 (inconclusive) is no failure.
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'lab', 'src', 'scenarios');
const lab = join(root, 'lab', 'bin', 'lab.mjs');
const wanted = 2;
/** The demo has run it. */
const already = 'cascade-failure';
const inconclusive = 3;

const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout.trim();
const changed = git('diff', '--name-only', 'HEAD~1', 'HEAD').split('\n').filter(Boolean);
const hash = Number.parseInt(git('rev-parse', 'HEAD').slice(0, 8), 16) || 0;

const listed = spawnSync(process.execPath, [lab, 'list', '--json'], { encoding: 'utf8' });
const scenarios = JSON.parse(listed.stdout)
  .filter(({ name }) => name !== already)
  .map(({ name, arms }, index, all) => ({
    name,
    arms: arms.filter(({ role }) => ['unprotected', 'protected', 'control'].includes(role)),
    score: scoreOf(`${name}.ts`),
    turn: (index + hash) % all.length,
  }))
  .sort((left, right) => right.score - left.score || left.turn - right.turn)
  .slice(0, wanted);

let exitCode = 0;
for (const { name, arms } of scenarios) {
  const words = ['run', name, '--arms', arms.map((arm) => arm.name).join(',')];
  console.log(`\n$ npx lab ${words.join(' ')}`);
  const { status } = spawnSync(process.execPath, [lab, ...words], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === inconclusive)
    console.log(`${name} was INCONCLUSIVE on this machine; its reasons are above.`);
  else if (status !== 0) exitCode = status ?? 1;
}
process.exitCode = exitCode;

/** A changed scenario counts most; a changed file whose name it mentions (a protection, a failure's path) counts too. */
function scoreOf(file) {
  const text = readFileSync(join(folder, file), 'utf8');
  return changed.reduce((score, path) => {
    if (path.endsWith(`scenarios/${file}`)) return score + 10;
    const name = basename(path).replace(/(\.test)?\.ts$/, '');
    const isOfCatalogue = /^app\/src\/(failures|protections)\//.test(path);
    return isOfCatalogue && text.includes(name) ? score + 1 : score;
  }, 0);
}
