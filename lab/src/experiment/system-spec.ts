import type { Protections } from '../core/scenario.ts';
import { formatProtections } from '../core/settings.ts';
import type { SystemSetup } from '../core/system.ts';
import type { SystemSpec } from '../targets/target.ts';

/** The processes of an arm. Protections always go in by the variable, so that a restarted replica has the fix too. */
export function toSystemSpec(
  setup: SystemSetup,
  protections: Protections,
  ports: SystemSpec['ports'] = 'auto',
): SystemSpec {
  const { poolSize, downstreamDelayMs, clientConnections: _, ...spec } = setup;
  return {
    ...spec,
    ports,
    backendEnvironment: {
      ...setup.backendEnvironment,
      DATABASE_POOL_SIZE: String(poolSize),
      PROTECTIONS: formatProtections(protections),
    },
    downstreamEnvironment: { DEFAULT_DELAY: String(downstreamDelayMs / 1000) },
  };
}
