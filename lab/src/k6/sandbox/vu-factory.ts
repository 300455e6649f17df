import type { RunClock } from '../clock.ts';
import type { VuFactory, VuFactoryOptions } from '../vu.ts';
import { ScriptRun } from './script-run.ts';
import { createScriptVu } from './script-vu.ts';

/** Makes VUs that run the script in QuickJS. Nothing of the script reaches Node but what its modules hand over. */
export function createVuFactory(options: VuFactoryOptions & { readonly clock: RunClock }): VuFactory {
  const run = new ScriptRun(options);
  return { create: (id) => createScriptVu(id, run) };
}
