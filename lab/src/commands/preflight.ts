import { resolveArm } from '../core/resolve-arm.ts';
import { UsageError } from '../core/settings.ts';
import { toSystemSpec } from '../experiment/system-spec.ts';
import type { Target } from '../targets/target.ts';
import type { Selection } from './selection.ts';

/**
 * Starts and stops the system of an arm `custom` once before anything is measured: the backend alone knows which
 * protections and settings there are, and says every fault at once. Throws UsageError with its words.
 */
export async function checkCustomArm(
  target: Target,
  selections: readonly Selection[],
  options: { readonly signal: AbortSignal; readonly logFolder: string },
): Promise<void> {
  for (const { scenario } of selections) {
    const { custom } = scenario.arms;
    if (custom === undefined) continue;
    try {
      const system = await target.start(
        toSystemSpec(resolveArm(scenario, custom).system, custom.protections),
        options,
      );
      await system.stop();
    } catch (error) {
      const faults = error instanceof Error ? faultLines(error.message) : [];
      if (faults.length === 0) throw error;
      throw new UsageError(`--with cannot be used:\n${faults.join('\n')}`, { cause: error });
    }
  }
}

function faultLines(message: string): string[] {
  return message.split('\n').filter((line) => line.includes('PROTECTIONS'));
}
