import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';
import type { Behaviour, BehaviourLimits, Effect, Occupancy } from './behaviours/behaviour.ts';
import { ServiceError } from './errors.ts';
import type { Clock } from './kernel/clock.ts';
import { createRandom } from './kernel/random.ts';
import type { Random } from './kernel/random.ts';

/** The body of `PUT /behaviour`, checked against `Board.schema` before it comes here. */
export interface BehaviourSettings {
  readonly ttlMs: number;
  readonly seed?: number;
  readonly [setting: PropertyKey]: unknown;
}

/** What is in force for work requests: one set behaviour, or nothing but the service's own seed. */
export interface InForce {
  readonly isSet: boolean;
  readonly effects: readonly Effect[];
  /** The draws of one endpoint. */
  random(stream: string): Random;
}

export interface BoardState {
  readonly active: boolean;
  readonly behaviour: BehaviourSettings | null;
  readonly remainingMs: number | null;
  /** The seed that draws come from now. */
  readonly seed: number;
  readonly slotsInUse: number;
  readonly slotsWaiting: number;
}

/** Holds the behaviour that was set, until it is replaced, removed, or its time to live is over. */
export interface Board {
  readonly schema: TObject;
  /** What applies to a request that arrives now. */
  current(): InForce;
  /** Replaces what was set. Throws `bad-setting` for faults that the schema cannot see. */
  set(settings: BehaviourSettings): void;
  /** Back to normal, and draws start again from the seed. Requests that queue or hang go on at once. */
  clear(): void;
  state(): BoardState;
}

export interface BoardPorts {
  readonly clock: Clock;
  readonly behaviours: readonly Behaviour[];
  readonly limits: BehaviourLimits & { readonly maxTtlMs: number };
  /** Used while nothing is set, and by a behaviour without a seed. */
  readonly seed: number;
}

interface Setting extends InForce {
  readonly settings: BehaviourSettings;
  readonly seed: number;
  readonly endsAtMs: number;
  readonly timer: AbortController;
}

/** Creates a board with nothing set. */
export function createBoard(ports: BoardPorts): Board {
  const { clock, behaviours } = ports;
  let setting: Setting | undefined;
  let normal = nothingSet(ports.seed);

  const end = () => {
    const ended = setting;
    setting = undefined;
    ended?.timer.abort();
    for (const effect of ended?.effects ?? []) effect.end?.();
  };
  const alive = () => {
    if (setting !== undefined && clock.monotonicMs() >= setting.endsAtMs) end();
    return setting;
  };

  return {
    schema: settingsSchema(ports),
    current: () => (setting === undefined ? normal : (alive() ?? normal)),
    set: (settings) => {
      checkSettings(behaviours, settings);
      const next = toSetting(ports, settings);
      const replaced = setting;
      setting = next;
      replaced?.timer.abort();
      for (const effect of replaced?.effects ?? []) effect.end?.();
      clock.sleep(settings.ttlMs, next.timer.signal).then(
        () => (setting === next ? end() : undefined),
        () => undefined,
      );
    },
    clear: () => {
      end();
      normal = nothingSet(ports.seed);
    },
    state: () => {
      const now = alive();
      return {
        active: now !== undefined,
        behaviour: now?.settings ?? null,
        remainingMs: now === undefined ? null : Math.ceil(now.endsAtMs - clock.monotonicMs()),
        seed: now?.seed ?? ports.seed,
        ...toSlotCounts(now?.effects ?? []),
      };
    },
  };
}

function settingsSchema({ behaviours, limits }: BoardPorts): TObject {
  const properties: TProperties = {};
  for (const behaviour of behaviours) Object.assign(properties, behaviour.settings(limits));
  return Type.Object(
    {
      ...properties,
      ttlMs: Type.Integer({
        unit: 'milliseconds',
        minimum: 1,
        maximum: limits.maxTtlMs,
        description: 'When the behaviour ends by itself.',
      }),
      seed: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 4_294_967_295,
          description: 'Seed of its draws (default `SEED`); setting it again draws the same again.',
        }),
      ),
    },
    { additionalProperties: false },
  );
}

function checkSettings(behaviours: readonly Behaviour[], settings: BehaviourSettings): void {
  const faults = behaviours.flatMap((behaviour) => behaviour.check?.(settings) ?? []);
  if (faults.length > 0) throw new ServiceError('bad-setting', { faults });
}

function toSetting(ports: BoardPorts, settings: BehaviourSettings): Setting {
  const { behaviours, clock, limits } = ports;
  const seed = settings.seed ?? ports.seed;
  const effects = behaviours.flatMap((behaviour) => {
    const random = createRandom(seed, `behaviour ${behaviour.name}`);
    return behaviour.start(settings, { clock, random, limits }) ?? [];
  });
  return {
    isSet: true,
    settings,
    seed,
    effects,
    random: randomByStream(seed),
    endsAtMs: clock.monotonicMs() + settings.ttlMs,
    timer: new AbortController(),
  };
}

function nothingSet(seed: number): InForce {
  return { isSet: false, effects: [], random: randomByStream(seed) };
}

function randomByStream(seed: number): (stream: string) => Random {
  const streams = new Map<string, Random>();
  return (stream) => {
    const known = streams.get(stream);
    if (known) return known;
    const created = createRandom(seed, stream);
    streams.set(stream, created);
    return created;
  };
}

function toSlotCounts(effects: readonly Effect[]): {
  readonly slotsInUse: number;
  readonly slotsWaiting: number;
} {
  const counts: readonly Occupancy[] = effects.flatMap((effect) => effect.occupancy?.() ?? []);
  return {
    slotsInUse: counts.reduce((sum, { inUse }) => sum + inUse, 0),
    slotsWaiting: counts.reduce((sum, { waiting }) => sum + waiting, 0),
  };
}
