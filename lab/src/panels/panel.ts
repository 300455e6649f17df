import type { LabEvent, Sample } from '../core/events.ts';

export type PanelUnit = 'ratio' | 'ms' | '1/s' | 'count' | 'state';

/** One value of one line at one moment. */
export interface Point {
  /** The route that the value belongs to; null: the whole system. */
  readonly route: string | null;
  /** Tells values of one route apart, for example `p50` and `p99`; empty where there is only one. */
  readonly line: string;
  /** Seconds from the plan's start. A figure of a whole second stands at its middle. */
  readonly atSecond: number;
  /** Null: unknown at this moment (a gap), never a zero. */
  readonly value: number | null;
}

/**
 * What one chart shows: how events become points, and how the axis looks. It knows nothing of drawing, so the same
 * panel serves the report, a replay and a live page.
 */
export interface Panel {
  /** The file's name. */
  readonly name: string;
  readonly title: string;
  /** One plain sentence for somebody who sees such a chart for the first time. */
  readonly meaning: string;
  readonly unit: PanelUnit;
  readonly axis: {
    readonly scale: 'linear' | 'log';
    readonly min: number;
    /** Null: as large as the data. */
    readonly max: number | null;
    /** Words for the values of a `state`. */
    readonly words?: Readonly<Record<number, string>>;
  };
  /** `arms`: each line of each route is a chart with the arms overlaid. `stack`: one chart per arm, its lines stacked. */
  readonly layout: 'arms' | 'stack';
  /** A line that is the same in all arms; drawn once, behind the others. */
  readonly referenceLine?: string;
  /** How values of several replicas at one moment become one; null in any of them makes it null. */
  readonly combine: 'sum' | 'max';
  /** Points that an event adds; pure. `previous` is the sample before this one of the same replica. */
  readonly read: (event: LabEvent, previous: Sample | null) => readonly Point[];
}

export function definePanel(panel: Panel): Panel {
  return panel;
}
