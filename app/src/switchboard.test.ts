import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createCall, createCalmReadings } from '../test/support/layers.ts';
import { createManualClock } from '../test/support/manual-clock.ts';
import { BARE_EDGE } from './edges.ts';
import { defineProtection, type LayerName, type Protection } from './protections/protection.ts';
import { createSwitchboard } from './switchboard.ts';

const order: string[] = [];
let created = 0;

function define(name: string, layer: LayerName): Protection {
  return defineProtection({
    name,
    edge: 'downstream-call',
    layer,
    summary: 'for this test',
    settings: Type.Object({ size: Type.Integer({ minimum: 1, maximum: 9, default: 5 }) }),
    events: ['seen'],
    gauges: [{ name: 'lab_size', help: 'for this test' }],
    create({ size }, { emit }) {
      created += 1;
      return {
        gauges: { lab_size: () => size },
        execute(work, call) {
          emit('seen');
          order.push(`${name} ${size}`);
          return work(call);
        },
      };
    },
  });
}

function create(initial: [string, Record<string, unknown>][] = []) {
  order.length = 0;
  created = 0;
  const events: string[] = [];
  const switchboard = createSwitchboard({
    readings: createCalmReadings(),
    protections: [define('inner', 'retrying'), define('outer', 'isolation')],
    initial: new Map(initial),
    clock: createManualClock(),
    random: () => 0,
    onEvent: (protection, event) => events.push(`${protection} ${event}`),
  });
  const run = (): Promise<void> =>
    switchboard.edge('downstream-call').execute(() => Promise.resolve(), createCall());
  return { switchboard, run, events };
}

describe('createSwitchboard', () => {
  it('gives the bare edge while everything is off, also after it was on', () => {
    const { switchboard } = create();
    expect(switchboard.edge('downstream-call')).toBe(BARE_EDGE);
    switchboard.set('outer', true);
    expect(switchboard.edge('downstream-call')).not.toBe(BARE_EDGE);
    expect(switchboard.edge('request')).toBe(BARE_EDGE);
    switchboard.set('outer', false);
    expect(switchboard.edge('downstream-call')).toBe(BARE_EDGE);
  });

  it('orders by layer, whatever was switched on first, and counts events', async () => {
    const { switchboard, run, events } = create();
    switchboard.set('inner', true);
    switchboard.set('outer', true, { size: 2 });
    await run();
    expect(order).toEqual(['outer 2', 'inner 5']);
    expect(events).toEqual(['outer seen', 'inner seen']);
  });

  it('lets work that has begun end with the edge that it began with', async () => {
    const { switchboard } = create([['outer', { size: 1 }]]);
    const edge = switchboard.edge('downstream-call');
    switchboard.set('outer', false);
    await edge.execute(() => Promise.resolve(), createCall());
    expect(order).toEqual(['outer 1']);
  });

  it('keeps a layer and its memory when the same state is set again', () => {
    const { switchboard } = create([['outer', { size: 1 }]]);
    switchboard.set('outer', true, { size: 1 });
    switchboard.set('outer', true);
    expect(created).toBe(1);
    switchboard.set('outer', true, { size: 3 });
    expect(created).toBe(2);
  });

  it('keeps settings that are not given at all, and takes defaults for those left out', () => {
    const { switchboard } = create([['outer', { size: 1 }]]);
    expect(switchboard.set('outer', false).settings).toEqual({ size: 1 });
    expect(switchboard.set('outer', true).settings).toEqual({ size: 1 });
    expect(switchboard.set('outer', true, {}).settings).toEqual({ size: 5 });
  });

  it('goes back to the state of the start', () => {
    const { switchboard } = create([['outer', { size: 1 }]]);
    switchboard.set('outer', false);
    switchboard.set('inner', true, { size: 9 });
    switchboard.reset();
    const states = switchboard
      .states()
      .map(({ protection, isEnabled, settings }) => [protection.name, isEnabled, settings]);
    expect(states).toEqual([
      ['inner', false, { size: 5 }],
      ['outer', true, { size: 1 }],
    ]);
  });

  it('shows a gauge of a protection that is on, and 0 of one that is off', () => {
    const { switchboard } = create([['outer', { size: 4 }]]);
    expect(switchboard.gauge('outer', 'lab_size')).toBe(4);
    expect(switchboard.gauge('inner', 'lab_size')).toBe(0);
  });

  it('refuses unknown names with the nearest ones, and bad settings with every field, changing nothing', () => {
    const { switchboard } = create();
    expect(() => switchboard.set('outr', true)).toThrow('did you mean outer?');
    expect(() => switchboard.set('outer', true, { size: 0, sise: 1 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        faults: [
          expect.objectContaining({ field: 'settings.sise' }),
          expect.objectContaining({ field: 'settings.size' }),
        ],
      }),
    );
    expect(switchboard.edge('downstream-call')).toBe(BARE_EDGE);
  });
});
