import type { ArmRef, LabEvent, Sample } from '../core/events.ts';
import type { Panel, Point } from './panel.ts';

/** One line of one arm over the seconds of its plan, sorted by time. */
export interface Series {
  readonly scenario: string;
  readonly arm: string;
  readonly route: string | null;
  readonly line: string;
  readonly points: readonly { readonly atSecond: number; readonly value: number | null }[];
}

/** Collects the points of a panel, event by event. */
export interface PanelFold {
  add(event: LabEvent): void;
  /** Everything so far. */
  series(): readonly Series[];
}

/** A second attempt of an arm replaces what its first one showed. */
export function createPanelFold(panel: Panel): PanelFold {
  const arms = new Map<string, ArmState>();
  return {
    add: (event) => {
      if (!('arm' in event)) return;
      const key = JSON.stringify([event.scenario, event.arm]);
      const known = arms.get(key);
      const state = known?.ref.attempt === event.attempt ? known : startArm(event);
      arms.set(key, state);
      const previous = event.type === 'sample' ? state.samples.get(replicaOf(event.sample)) : undefined;
      for (const point of panel.read(event, previous ?? null)) addPoint(panel, state, point);
      if (event.type === 'sample') state.samples.set(replicaOf(event.sample), event.sample);
    },
    series: () =>
      [...arms.values()].flatMap((state) => [...state.lines.values()].map((line) => toSeries(state, line))),
  };
}

export function foldPanel(panel: Panel, events: Iterable<LabEvent>): readonly Series[] {
  const fold = createPanelFold(panel);
  for (const event of events) fold.add(event);
  return fold.series();
}

interface LineState {
  readonly route: string | null;
  readonly line: string;
  readonly values: Map<number, number | null>;
}

interface ArmState {
  readonly ref: ArmRef;
  readonly lines: Map<string, LineState>;
  readonly samples: Map<string, Sample>;
}

function startArm({ scenario, arm, attempt }: ArmRef): ArmState {
  return { ref: { scenario, arm, attempt }, lines: new Map(), samples: new Map() };
}

function addPoint(panel: Panel, state: ArmState, { route, line, atSecond, value }: Point): void {
  const key = JSON.stringify([route, line]);
  const known = state.lines.get(key) ?? { route, line, values: new Map<number, number | null>() };
  state.lines.set(key, known);
  const before = known.values.get(atSecond);
  known.values.set(atSecond, before === undefined ? value : combined(panel.combine, before, value));
}

function combined(how: Panel['combine'], left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  return how === 'sum' ? left + right : Math.max(left, right);
}

function toSeries({ ref }: ArmState, { route, line, values }: LineState): Series {
  const points = [...values].map(([atSecond, value]) => ({ atSecond, value }));
  points.sort((left, right) => left.atSecond - right.atSecond);
  return { scenario: ref.scenario, arm: ref.arm, route, line, points };
}

function replicaOf(sample: Sample): string {
  return `${sample.service} ${sample.replica}`;
}
