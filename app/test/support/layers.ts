import type { TObject } from 'typebox';
import type { Call } from '../../src/kernel/call.ts';
import { createReader } from '../../src/kernel/settings.ts';
import type { Layer, Protection } from '../../src/protections/protection.ts';
import type { ProcessReadings } from '../../src/kernel/readings.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface LayerUnderTest {
  readonly layer: Layer;
  readonly execute: NonNullable<Layer['execute']>;
  readonly clock: ManualClock;
  readonly events: string[];
  /** Change them to bring a process into the state that a protection looks at. */
  readonly readings: { -readonly [Name in keyof ProcessReadings]: ProcessReadings[Name] };
}

/** A protection's layer with these settings, on a clock that stands still; jitter takes half of its range. */
export function createLayer(protection: Protection, settings: Record<string, unknown> = {}): LayerUnderTest {
  const reading = createReader<TObject>(protection.settings, { form: 'json', unknownNames: 'fault' })(
    settings,
  );
  if (!reading.ok) throw new Error(JSON.stringify(reading.faults));
  const clock = createManualClock();
  const events: string[] = [];
  const readings = createCalmReadings();
  const layer = protection.create(reading.value, {
    clock,
    random: () => 0.5,
    readings,
    emit: (event) => events.push(event),
  });
  return { layer, execute: layer.execute ?? ((work, call) => work(call)), clock, events, readings };
}

/** A call that nobody ends. */
export function createCall(overrides: Partial<Call> = {}): Call {
  return { route: '/api/test', signal: new AbortController().signal, ...overrides };
}

/** Work that ends only when its signal aborts. */
export function hang(call: Call): Promise<never> {
  return new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason as Error), { once: true });
  });
}

/** The error that a promise rejects with; itself rejects when there is none. Handles the rejection from now on. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}

/** The readings of a process at rest: 100 MB of 1000 MB used. */
export function createCalmReadings(): { -readonly [Name in keyof ProcessReadings]: ProcessReadings[Name] } {
  return {
    residentBytes: () => 100e6,
    heapUsedBytes: () => 50e6,
    heapLimitBytes: () => 500e6,
    memoryLimitBytes: () => 1000e6,
    cpuSeconds: () => 1,
    uptimeSeconds: () => 1,
    startEpochSeconds: () => 1_700_000_000,
    collectGarbage: () => {},
  };
}
