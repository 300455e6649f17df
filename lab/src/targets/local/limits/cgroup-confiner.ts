import { join } from 'node:path';
import type { Limits } from '../../target.ts';
import type { Guard } from '../guard.ts';
import type { LocalHost } from '../local-host.ts';
import { TargetError } from '../target-error.ts';
import type { CgroupTree } from './cgroup-tree.ts';
import type { Confinement, Confiner, LimitReadings } from './confinement.ts';
import { assertLimits } from './limit-values.ts';
import { removeGroup, toGroupName, tryRemove } from './group-removal.ts';

/** The folders of one group. In cgroup v2 it is one and the same; in v1 each controller has its own tree. */
export interface GroupFolders {
  readonly cpu: string;
  readonly cpuUsage: string;
  readonly memory: string;
}

/** What differs between the two versions. */
export interface CgroupVersion {
  readonly kind: 'cgroup-v1' | 'cgroup-v2';
  /** Groups are made below these. */
  readonly parents: GroupFolders;
  /** Makes the controllers available below the parents. Returns what undoes it when no group is left. */
  enable(): () => void;
  apply(folders: GroupFolders, limits: Limits): void;
  read(folders: GroupFolders): LimitReadings;
}

export interface CgroupOptions {
  readonly runId: string;
  readonly guard?: Pick<Guard, 'registerCgroup' | 'forgetCgroup'> | undefined;
  readonly tree: CgroupTree;
}

export interface CgroupConfiner extends Confiner {
  create(name: string, limits: Limits): CgroupConfinement;
}

export interface CgroupConfinement extends Confinement {
  /** As `close`, but in this tick: false when something is still inside. */
  tryClose(): boolean;
}

/** Enters the groups, then becomes the program: nothing of it runs outside, and the pid stays. */
const enterScript = 'until [ "$1" = -- ]; do echo $$ > "$1" || exit 126; shift; done; shift; exec "$@"';

export function createCgroupConfiner(
  host: LocalHost,
  version: CgroupVersion,
  options: CgroupOptions,
): CgroupConfiner {
  let createdCount = 0;
  let openCount = 0;
  let disable = (): void => undefined;

  return {
    kind: version.kind,
    create: (name, limits) => {
      createdCount += 1;
      if (openCount === 0) disable = version.enable();
      openCount += 1;
      const leave = (): void => {
        openCount -= 1;
        if (openCount === 0) disable();
      };
      try {
        const groupName = toGroupName(options.runId, createdCount, name);
        return createConfinement(host, version, { ...options, groupName, limits, leave });
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

interface ConfinementOptions extends CgroupOptions {
  readonly groupName: string;
  readonly limits: Limits;
  /** Called once, when the group is gone. */
  readonly leave: () => void;
}

function createConfinement(
  host: LocalHost,
  version: CgroupVersion,
  options: ConfinementOptions,
): CgroupConfinement {
  const { tree, guard } = options;
  assertLimits(options.limits);
  const folders: GroupFolders = {
    cpu: join(version.parents.cpu, options.groupName),
    cpuUsage: join(version.parents.cpuUsage, options.groupName),
    memory: join(version.parents.memory, options.groupName),
  };
  const made = makeFolders(host, [...new Set(Object.values(folders) as string[])], options);
  try {
    version.apply(folders, options.limits);
  } catch (error) {
    for (const folder of made) if (tryRemove(host, folder, tree)) guard?.forgetCgroup(folder);
    throw error;
  }

  let final: LimitReadings | undefined;
  let isGone = false;
  let closing: Promise<void> | undefined;
  let oomKillsBefore = 0;
  const read = (): LimitReadings => final ?? version.read(folders);
  const oomKills = (): number => read().oomKills ?? 0;

  function leave(): void {
    if (isGone) return;
    isGone = true;
    for (const folder of made) guard?.forgetCgroup(folder);
    options.leave();
  }

  async function close(): Promise<void> {
    final = read();
    const removed = await Promise.all(made.map((folder) => removeGroup(host, folder, tree)));
    // The guard still knows of them, and tries again.
    if (removed.includes(false)) throw new Error(`the group ${options.groupName} cannot be removed`);
    leave();
  }

  return {
    kind: version.kind,
    wrap: (command, args) => {
      const entrances = made.map((folder) => join(folder, 'cgroup.procs'));
      return { command: '/bin/sh', args: ['-c', enterScript, 'sh', ...entrances, '--', command, ...args] };
    },
    adopt: () => {
      oomKillsBefore = oomKills();
    },
    release: () => undefined,
    read,
    wasOomKilled: () => oomKills() > oomKillsBefore,
    setLimits: (limits) => {
      assertLimits(limits);
      version.apply(folders, limits);
    },
    close: () => (closing ??= close()),
    tryClose: () => {
      const removed = made.map((folder) => tryRemove(host, folder, tree));
      if (removed.includes(false)) return false;
      leave();
      return true;
    },
  };
}

/** The guard hears of a folder before it is made. Throws when one exists already: it would be somebody else's. */
function makeFolders(
  host: LocalHost,
  folders: readonly string[],
  { tree, guard }: CgroupOptions,
): readonly string[] {
  const made: string[] = [];
  for (const folder of folders) {
    try {
      guard?.registerCgroup(folder);
      tree.makeGroup(folder);
      made.push(folder);
    } catch (error) {
      guard?.forgetCgroup(folder);
      for (const one of made) if (tryRemove(host, one, tree)) guard?.forgetCgroup(one);
      const { code } = error as NodeJS.ErrnoException;
      throw new TargetError('not-supported', `cannot make the group ${folder} (${code})`, { cause: error });
    }
  }
  return made;
}
