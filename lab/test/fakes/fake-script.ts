import type { Call, CallResult, RunView, VuFactory, VuFactoryOptions } from '../../src/k6/vu.ts';

/** What a script's function does: its value is the result, what it throws is the script's exception. */
export type ScriptFunction = (call: Call, run: RunView) => unknown;

/** A script whose functions are those of the test. */
export interface FakeScript {
  readonly options?: unknown;
  readonly functions: Readonly<Record<string, ScriptFunction>>;
}

export function createFakeFactory(
  { options = {}, functions }: FakeScript,
  { run, onMetric }: VuFactoryOptions,
): VuFactory {
  return {
    create(id) {
      onMetric({ name: 'own', type: 'counter', contains: 'default' });
      return Promise.resolve({
        id,
        exports: new Set(Object.keys(functions)),
        options: JSON.stringify(options),
        close() {},
        call: (call) => callFunction(functions[call.name], call, run),
      });
    },
  };
}

async function callFunction(act: ScriptFunction | undefined, call: Call, run: RunView): Promise<CallResult> {
  try {
    const value: unknown = await act?.(call, run);
    if (call.signal.aborted) return { outcome: 'interrupted' };
    return { outcome: 'returned', value: JSON.stringify(value) };
  } catch (error) {
    return { outcome: 'threw', message: String(error) };
  }
}
