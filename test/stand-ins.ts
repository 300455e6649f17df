import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, runBash, type Ended } from './run-bash.ts';

const root = join(import.meta.dirname, '..');
const own = ['kubectl', 'minikube', 'docker', 'git', 'curl', 'k6'];
/** Of these only the call matters; `sleep` returns at once. */
const mute = ['sleep', 'brew', 'sudo', 'stern', 'docker-compose', 'kind', 'image-loader'];
const tools =
  'awk basename bash cat chmod cp cut dirname env grep head ls mkdir mktemp nl rm sed seq sort tail timeout touch tr wc';
const parts = [
  'scripts',
  'k8s',
  'load-tests',
  'docker',
  'docker-compose.yml',
  'downstream-slow-service/k8s',
  'downstream-slow-service/docker',
];

/** A copy of what the scripts need, a PATH with nothing but stand-ins and plain tools, and the cluster's state. */
export interface Sandbox {
  readonly project: string;
  readonly work: string;
  /** Runs a script of the project. */
  run(command: string, environment?: Record<string, string>): Promise<Outcome>;
  /** Takes a program off the PATH. */
  withdraw(program: string): Promise<void>;
  /** Puts the cluster into a state: the files of `test/stand-ins/kubectl`. */
  set(state: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

export interface Outcome extends Ended {
  /** Calls of the stand-ins in this run, in order. */
  readonly calls: readonly string[];
}

/** The state after `deploy-all.sh`. */
export const deployedSystem = Object.fromEntries(
  ['backend-app', 'downstream-service', 'redis', 'postgres'].map((app) => [`deployed-${app}`, '']),
);

export async function createSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-ins-'));
  const [project, bin, state, work] = ['project', 'bin', 'state', 'work'].map((name) => join(folder, name));
  if (!project || !bin || !state || !work) throw new Error('a folder has no name');
  for (const each of [project, bin, state, work]) await mkdir(each);
  for (const part of parts) await cp(join(root, part), join(project, part), { recursive: true });
  for (const name of own) await symlink(join(root, 'test/stand-ins', name), join(bin, name));
  for (const name of mute) await symlink(join(root, 'test/stand-ins/any'), join(bin, name));
  for (const name of tools.split(' ')) await link(name, bin);
  await symlink(process.execPath, join(bin, 'node'));
  const environment = {
    PATH: bin,
    HOME: folder,
    TMPDIR: folder,
    STATE: state,
    ORIGIN: project,
    REAL_CURL: findOnPath('curl') ?? '',
    HEALTH_TIMEOUT: '0',
  };
  return {
    project,
    work,
    async run(command, more = {}) {
      await writeFile(join(state, 'calls'), '');
      const ended = await runBash(['-c', command], { ...environment, ...more }, more['CWD'] ?? project);
      const calls = (await readFile(join(state, 'calls'), 'utf8')).split('\n').filter(Boolean);
      return { ...ended, calls };
    },
    withdraw: (program) => rm(join(bin, program)),
    async set(files) {
      for (const [name, text] of Object.entries(files)) await writeFile(join(state, name), text);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** macOS has no timeout(1), and the scripts do without. */
async function link(name: string, bin: string): Promise<void> {
  const file = findOnPath(name);
  if (file !== undefined) await symlink(file, join(bin, name));
}
