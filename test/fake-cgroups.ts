import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CgroupTree } from '../lab/src/targets/local/limits/cgroup-tree.ts';
import type { LocalHost } from '../lab/src/targets/local/local-host.ts';
import { createTestFolder, createTestHost } from './local-target.ts';

export interface FakeCgroups {
  readonly tree: CgroupTree;
  /** Takes a killed process out of its group, as the kernel does. */
  readonly host: LocalHost;
  readonly killed: readonly number[];
  /** Paths as the kernel has them, for example `/sys/fs/cgroup/cpu.max`. */
  read(path: string): string;
  write(path: string, text: string): void;
  exists(path: string): boolean;
  /** Paths of the groups that the lab has made. */
  groups(): readonly string[];
}

/** Control groups that are ordinary files: `filesOfGroup` are those that the kernel would put into a new group. */
export function createFakeCgroups(
  files: Readonly<Record<string, string>>,
  filesOfGroup: (path: string) => Readonly<Record<string, string>>,
): FakeCgroups {
  const root = createTestFolder();
  const made = new Set<string>();
  const killed: number[] = [];

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const read = (path: string): string => readFileSync(join(root, path), 'utf8').trim();
  for (const [path, text] of Object.entries(files)) write(path, text);

  const tree: CgroupTree = {
    root,
    makeGroup: (folder) => {
      mkdirSync(folder);
      made.add(folder);
      for (const [name, text] of Object.entries(filesOfGroup(folder.slice(root.length))))
        writeFileSync(join(folder, name), text);
    },
    removeGroup: (folder) => {
      const isBusy =
        readFileSync(join(folder, 'cgroup.procs'), 'utf8') !== '' ||
        readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory());
      if (isBusy) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
      rmSync(folder, { recursive: true });
      made.delete(folder);
    },
  };
  const host: LocalHost = {
    ...createTestHost(),
    platform: 'linux',
    kill: (pid) => {
      killed.push(pid);
      for (const folder of made) {
        const file = join(folder, 'cgroup.procs');
        if (readFileSync(file, 'utf8').includes(String(pid))) writeFileSync(file, '');
      }
    },
  };
  return {
    tree,
    host,
    killed,
    read,
    write,
    exists: (path) => existsSync(join(root, path)),
    groups: () => [...made].map((folder) => folder.slice(root.length)),
  };
}
