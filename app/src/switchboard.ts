import { BARE_EDGE, composeEdge, type Edge } from './edges.ts';
import { Problem } from './errors.ts';
import type { Clock } from './kernel/clock.ts';
import { nearestNames } from './kernel/nearest.ts';
import type { Random } from './kernel/random.ts';
import type { ProcessReadings } from './kernel/readings.ts';
import { createReader, type Reading } from './kernel/settings.ts';
import type { EnabledProtections } from './protections-variable.ts';
import { LAYERS, type EdgeName, type Layer, type Protection } from './protections/protection.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface SwitchState {
  readonly protection: Protection;
  readonly isEnabled: boolean;
  /** In force, or what it would be switched on with. */
  readonly settings: Settings;
}

/** Where protections are switched while the backend runs. Work in flight ends with what it began with. */
export interface Switchboard {
  /** The edge as it is now; take it once per piece of work. */
  edge(name: EdgeName): Edge;
  states(): readonly SwitchState[];
  /**
   * Without `settings` the last ones stay; with them, what is not given has its default.
   * The same state again changes nothing: a breaker keeps its memory.
   * @throws Problem NOT_FOUND with the nearest names, INVALID_INPUT with each faulty setting.
   */
  set(name: string, isEnabled: boolean, settings?: Settings): SwitchState;
  /** Back to the state of the start, with fresh layers. */
  reset(): void;
  /** The value of a gauge that a protection declares; 0 while it is off. */
  gauge(protection: string, gauge: string): number;
  /** Takes all layers off for good: their timers and threads end. */
  close(): void;
}

export interface SwitchboardOptions {
  readonly protections: readonly Protection[];
  readonly initial: EnabledProtections;
  readonly clock: Clock;
  readonly random: Random;
  readonly readings: ProcessReadings;
  readonly onEvent: (protection: string, event: string) => void;
}

interface Switch {
  readonly protection: Protection;
  readonly read: (raw: Settings) => Reading<Settings>;
  settings: Settings;
  layer: Layer | undefined;
}

export function createSwitchboard(options: SwitchboardOptions): Switchboard {
  const switches = new Map(
    options.protections.map((protection) => [protection.name, createSwitch(protection)]),
  );
  let edges = new Map<EdgeName, Edge>();

  const switchOn = (entry: Switch): void => {
    const { protection, settings } = entry;
    const { clock, random, readings, onEvent } = options;
    const emit = (event: string): void => onEvent(protection.name, event);
    entry.layer = protection.create(settings, { clock, random, readings, emit });
  };
  const takeOff = (entry: Switch): void => {
    entry.layer?.close?.();
    entry.layer = undefined;
  };
  const compose = (): void => {
    const on = [...switches.values()].filter(({ layer }) => layer !== undefined).sort(byLayer);
    const names = new Set(on.map(({ protection }) => protection.edge));
    const layersOf = (name: EdgeName): Layer[] =>
      on.flatMap(({ protection, layer }) => (protection.edge === name && layer !== undefined ? [layer] : []));
    edges = new Map([...names].map((name) => [name, composeEdge(layersOf(name))]));
  };
  const reset = (): void => {
    for (const [name, entry] of switches) {
      const settings = options.initial.get(name);
      takeOff(entry);
      entry.settings = settings ?? defaultsOf(entry);
      if (settings !== undefined) switchOn(entry);
    }
    compose();
  };
  reset();

  return {
    edge: (name) => edges.get(name) ?? BARE_EDGE,
    states: () => [...switches.values()].map(stateOf),
    set(name, isEnabled, raw) {
      const entry = switches.get(name);
      if (entry === undefined) throw unknownName(name, [...switches.keys()]);
      const settings = raw === undefined ? entry.settings : checked(entry, raw);
      const isSame = JSON.stringify(settings) === JSON.stringify(entry.settings);
      if (!isSame || isEnabled !== (entry.layer !== undefined)) {
        entry.settings = settings;
        takeOff(entry);
        if (isEnabled) switchOn(entry);
        compose();
      }
      return stateOf(entry);
    },
    reset,
    gauge: (protection, gauge) => switches.get(protection)?.layer?.gauges?.[gauge]?.() ?? 0,
    close() {
      for (const entry of switches.values()) takeOff(entry);
      compose();
    },
  };
}

function createSwitch(protection: Protection): Switch {
  const read = createReader(protection.settings, { form: 'json', unknownNames: 'fault' });
  return { protection, read, settings: {}, layer: undefined };
}

function stateOf({ protection, settings, layer }: Switch): SwitchState {
  return { protection, isEnabled: layer !== undefined, settings };
}

function byLayer(left: Switch, right: Switch): number {
  const order = LAYERS.indexOf(left.protection.layer) - LAYERS.indexOf(right.protection.layer);
  return order === 0 ? left.protection.name.localeCompare(right.protection.name) : order;
}

function defaultsOf(entry: Switch): Settings {
  return checked(entry, {});
}

function checked(entry: Switch, raw: Settings): Settings {
  const reading = entry.read(raw);
  if (reading.ok) return reading.value;
  const faults = reading.faults.map((fault) => ({ ...fault, field: `settings.${fault.field}` }));
  throw new Problem('INVALID_INPUT', `${entry.protection.name} cannot have these settings`, { faults });
}

function unknownName(name: string, known: readonly string[]): Problem {
  const near = nearestNames(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${known.join(', ')}`;
  return new Problem('NOT_FOUND', `there is no protection "${name}"; ${hint}`);
}
