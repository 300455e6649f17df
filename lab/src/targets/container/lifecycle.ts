import type { StartOptions, System, SystemSpec } from '../target.ts';
import type { Guard } from '../local/guard.ts';
import { createStopStack } from '../local/stop-stack.ts';
import { TargetError } from '../local/target-error.ts';

export interface LifecycleOptions<Foundation> {
  readonly open: (signal: AbortSignal) => Promise<Foundation>;
  readonly start: (
    foundation: Foundation,
    number: number,
    options: StartOptions & { readonly spec: SystemSpec },
  ) => Promise<System>;
  readonly unsupported: (spec: SystemSpec) => string | null;
  readonly guard: () => Guard | undefined;
}

/** Opens what systems share once, runs one system after the other, and ends all of it. */
export interface Lifecycle<Foundation> {
  prepare(signal: AbortSignal): Promise<Foundation>;
  start(spec: SystemSpec, options: StartOptions): Promise<System>;
  close(): Promise<void>;
}

export function createLifecycle<Foundation extends { close(): Promise<void> }>(
  options: LifecycleOptions<Foundation>,
): Lifecycle<Foundation> {
  let foundation: Promise<Foundation> | undefined;
  let running: Promise<System> | undefined;
  let closing: Promise<void> | undefined;
  let count = 0;

  async function prepare(signal: AbortSignal): Promise<Foundation> {
    if (closing !== undefined) throw new TargetError('not-supported', 'this target has been closed');
    const opening = (foundation ??= options.open(signal));
    try {
      return await opening;
    } catch (error) {
      if (foundation === opening) foundation = undefined;
      throw error;
    }
  }

  async function start(spec: SystemSpec, startOptions: StartOptions): Promise<System> {
    const obstacle = options.unsupported(spec);
    if (obstacle !== null) throw new TargetError('not-supported', obstacle);
    if (running !== undefined)
      throw new TargetError('not-supported', 'this target runs one system at a time');
    const base = await prepare(startOptions.signal);
    const starting = options.start(base, (count += 1), { spec, ...startOptions });
    running = starting;
    try {
      const system = await starting;
      const stop = async (): Promise<void> => {
        await system.stop();
        if (running === starting) running = undefined;
      };
      return Object.create(system, { stop: { value: stop, enumerable: true } }) as System;
    } catch (error) {
      running = undefined;
      throw error;
    }
  }

  async function close(): Promise<void> {
    const base = await foundation?.catch(() => undefined);
    const system = await running?.catch(() => undefined);
    const stops = createStopStack();
    if (base !== undefined) stops.add(() => base.close());
    if (system !== undefined) stops.add(() => system.stop());
    try {
      await stops.stopAll();
    } catch (error) {
      await options.guard()?.endAll();
      throw error;
    }
    await options.guard()?.release();
  }

  return {
    prepare,
    start,
    close: () => (closing ??= close()),
  };
}
