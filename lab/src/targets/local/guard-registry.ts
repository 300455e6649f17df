import { identifyProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** One line of JSON each, from the lab to its guard. */
export type GuardMessage =
  | { readonly kind: 'process' | 'postgres' | 'forget-process'; readonly pid: number }
  | { readonly kind: 'folder' | 'forget-folder'; readonly folder: string }
  /** In a server that is not the lab's and outlives it. */
  | { readonly kind: 'database'; readonly name: string; readonly adminUrl: string }
  | { readonly kind: 'forget-database'; readonly name: string }
  /** A control group that the lab has made, or is about to make. */
  | { readonly kind: 'cgroup' | 'forget-cgroup'; readonly folder: string }
  /** Ends what is not a process of this machine: containers, a namespace. */
  | { readonly kind: 'command'; readonly command: CleanupCommand }
  | { readonly kind: 'forget-command'; readonly name: string }
  /** The lab has ended everything itself: the guard has nothing left to do. */
  | { readonly kind: 'release' };

/** Run when the lab is gone; those that were registered first run first. */
export interface CleanupCommand {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** The whole of it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the guard has to end when the lab is gone. */
export interface GuardRegistry {
  /** Leaders of process groups. */
  readonly processes: ReadonlyMap<number, ProcessIdentity>;
  /** Postmasters: told to stop by another signal, and their children are in groups of their own. */
  readonly postgres: ReadonlyMap<number, ProcessIdentity>;
  readonly folders: ReadonlySet<string>;
  /** Their servers' URLs by name. */
  readonly databases: ReadonlyMap<string, string>;
  /** Folders of control groups. */
  readonly cgroups: ReadonlySet<string>;
  readonly commands: ReadonlyMap<string, CleanupCommand>;
  readonly isReleased: boolean;
  apply(message: GuardMessage): void;
}

/** A process that has ended before its message arrived is not kept: its pid may belong to somebody else by now. */
export function createGuardRegistry(platform: NodeJS.Platform): GuardRegistry {
  const processes = new Map<number, ProcessIdentity>();
  const postgres = new Map<number, ProcessIdentity>();
  const folders = new Set<string>();
  const databases = new Map<string, string>();
  const cgroups = new Set<string>();
  const commands = new Map<string, CleanupCommand>();
  let isReleased = false;

  function keep(into: Map<number, ProcessIdentity>, pid: number): void {
    const identity = identifyProcess(pid, platform);
    if (identity !== null) into.set(pid, identity);
  }

  return {
    processes,
    postgres,
    folders,
    databases,
    cgroups,
    commands,
    get isReleased() {
      return isReleased;
    },
    apply: (message) => {
      switch (message.kind) {
        case 'process':
          keep(processes, message.pid);
          break;
        case 'postgres':
          keep(postgres, message.pid);
          break;
        case 'forget-process':
          processes.delete(message.pid);
          postgres.delete(message.pid);
          break;
        case 'folder':
          folders.add(message.folder);
          break;
        case 'forget-folder':
          folders.delete(message.folder);
          break;
        case 'database':
          databases.set(message.name, message.adminUrl);
          break;
        case 'forget-database':
          databases.delete(message.name);
          break;
        case 'cgroup':
          cgroups.add(message.folder);
          break;
        case 'forget-cgroup':
          cgroups.delete(message.folder);
          break;
        case 'command':
          commands.set(message.command.name, message.command);
          break;
        case 'forget-command':
          commands.delete(message.name);
          break;
        case 'release':
          isReleased = true;
          break;
      }
    },
  };
}
