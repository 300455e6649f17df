import { join, relative } from 'node:path';
import { existsSync } from 'node:fs';
import { readText } from './cgroup-tree.ts';
import type { CgroupTree } from './cgroup-tree.ts';

/** Where a hierarchy is mounted, and the folder of the group in which the lab itself runs. */
export interface OwnGroup {
  readonly mountPoint: string;
  readonly folder: string;
}

/** The lab's own group of a v1 controller, for example `memory`; null when there is none. */
export function findOwnGroupV1(tree: CgroupTree, controller: string): OwnGroup | null {
  const mount = readMounts(tree).find(
    ({ type, options }) => type === 'cgroup' && options.includes(controller),
  );
  return mount === undefined ? null : locate(tree, mount, (names) => names.includes(controller));
}

/** The lab's own group in the unified hierarchy; null when that is not mounted. */
export function findOwnGroupV2(tree: CgroupTree): OwnGroup | null {
  const mount = readMounts(tree).find(({ type }) => type === 'cgroup2');
  return mount === undefined ? null : locate(tree, mount, (names) => names.length === 1 && names[0] === '');
}

interface Mount {
  readonly type: string;
  readonly options: readonly string[];
  readonly mountPoint: string;
  /** The group that is visible as the mount's root. */
  readonly root: string;
}

/** Fields as in proc_pid_mountinfo(5): the optional ones end with a lone hyphen. */
function readMounts(tree: CgroupTree): readonly Mount[] {
  const lines = (readText(join(tree.root, 'proc/self/mountinfo')) ?? '').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', mountPoint = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    return { type, options: options.split(','), mountPoint, root };
  });
}

/** `/proc/self/cgroup` has a line `<number>:<controllers>:<group>` per hierarchy; the unified one names no controllers. */
function locate(
  tree: CgroupTree,
  mount: Mount,
  isHierarchy: (controllers: readonly string[]) => boolean,
): OwnGroup | null {
  const lines = (readText(join(tree.root, 'proc/self/cgroup')) ?? '').split('\n');
  for (const line of lines) {
    const [, controllers, ...group] = line.split(':');
    if (controllers === undefined || !isHierarchy(controllers.split(','))) continue;
    const mountPoint = join(tree.root, mount.mountPoint);
    // In a container the group is named as the host sees it, while only a part of the tree is mounted.
    const below = relative(mount.root, group.join(':'));
    const folder = below.startsWith('..') ? mountPoint : join(mountPoint, below);
    return existsSync(folder) ? { mountPoint, folder } : null;
  }
  return null;
}
