import { createHash } from 'node:crypto';
import type { CheckResult, GroupResult } from './engine.ts';
import type { Tags } from './metric.ts';

const separator = '::';

interface Group {
  readonly name: string;
  readonly path: string;
  readonly groups: Map<string, Group>;
  readonly checks: Map<string, { passes: number; fails: number }>;
}

/** Counts checks by group, from samples' tags: `group` is a path `::outer::inner`, `check` a name. */
export class CheckGroups {
  readonly #root = newGroup('', '');
  readonly #byPath = new Map<string, Group>([['', this.#root]]);

  addGroup({ group }: Tags): void {
    this.#group(group ?? '');
  }

  /** A run without the system tag `check` has no checks by name. */
  addCheck({ group, check }: Tags, passed: boolean): void {
    if (check === undefined) return;
    const { checks } = this.#group(group ?? '');
    let counts = checks.get(check);
    if (counts === undefined) checks.set(check, (counts = { passes: 0, fails: 0 }));
    if (passed) counts.passes++;
    else counts.fails++;
  }

  root(): GroupResult {
    return toResult(this.#root);
  }

  #group(path: string): Group {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    let group = this.#root;
    for (const name of path.split(separator).slice(1)) {
      let child = group.groups.get(name);
      if (child === undefined) {
        child = newGroup(name, group.path + separator + name);
        group.groups.set(name, child);
      }
      group = child;
    }
    this.#byPath.set(path, group);
    return group;
  }
}

function newGroup(name: string, path: string): Group {
  return { name, path, groups: new Map(), checks: new Map() };
}

function toResult(group: Group): GroupResult {
  return {
    name: group.name,
    path: group.path,
    id: toId(group.path),
    groups: [...group.groups.values()].map(toResult),
    checks: [...group.checks].map(([name, counts]): CheckResult => {
      const path = group.path + separator + name;
      return { name, path, id: toId(path), ...counts };
    }),
  };
}

/** The ids that summaries of k6 have. */
function toId(path: string): string {
  return createHash('md5').update(path).digest('hex');
}
