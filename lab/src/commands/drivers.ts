import { UsageError } from '../core/settings.ts';
import { createClusterDriver } from '../drivers/cluster/cluster.ts';
import type { Driver } from '../drivers/driver.ts';
import { createEmbeddedDriver } from '../drivers/embedded/embedded.ts';
import type { GuardedTarget } from '../targets/target.ts';
import type { Host } from './host.ts';
import type { TargetName } from './targets.ts';

/** Who makes the load: a process of the lab, or so many pods of the target's cluster. */
export type DriverChoice =
  { readonly name: 'embedded' } | { readonly name: 'cluster'; readonly parallelism: number };

const defaultParallelism = 3;
const mostParallelism = 100;

/** Throws UsageError for a name that is none, and for a driver that the target has no place for. */
export function parseDriver(
  name: string | undefined,
  parallelism: number | undefined,
  target: TargetName,
): DriverChoice {
  if (name !== undefined && name !== 'embedded' && name !== 'cluster')
    throw new UsageError(`--driver ${name}: expected embedded, cluster`);
  if (name !== 'cluster') {
    if (parallelism !== undefined)
      throw new UsageError('--parallelism is how many pods share the load: it needs --driver cluster');
    return { name: 'embedded' };
  }
  if (target !== 'kubernetes')
    throw new UsageError(
      `--driver cluster makes the load from pods: it needs --target kubernetes, not ${target}`,
    );
  if (parallelism !== undefined && (parallelism < 1 || parallelism > mostParallelism))
    throw new UsageError(`--parallelism ${parallelism}: expected 1 to ${mostParallelism}`);
  return { name, parallelism: parallelism ?? defaultParallelism };
}

/** The options that choose this driver, for a command that repeats the run. */
export function toDriverOptions(choice: DriverChoice): readonly string[] {
  if (choice.name === 'embedded') return [];
  return ['--driver', choice.name, '--parallelism', String(choice.parallelism)];
}

export function createDriver(host: Host, target: GuardedTarget, choice: DriverChoice): Driver {
  if (choice.name === 'embedded')
    return createEmbeddedDriver({
      execPath: host.local.execPath,
      environment: target.markerEnvironment,
      onSpawn: (pid) => target.registerProcess(pid),
    });
  const { generators } = target;
  if (generators === undefined) throw new UsageError(`the target ${target.name} has no place for generators`);
  const { clock } = host;
  return createClusterDriver({
    launcher: generators,
    count: choice.parallelism,
    monotonicMs: () => clock.monotonicMs(),
  });
}
