import type { LabEvent, LoadSecond } from '../core/events.ts';
import type { Point } from './panel.ts';

type RouteSecond = LoadSecond['routes'][string];

/** Points of one second of the load: for each route, what `linesOf` says of it. */
export function readLoad(
  event: LabEvent,
  linesOf: (route: RouteSecond) => Readonly<Record<string, number | null>>,
): Point[] {
  if (event.type !== 'load-second') return [];
  const atSecond = event.load.second + 0.5;
  return Object.entries(event.load.routes).flatMap(([route, second]) =>
    Object.entries(linesOf(second)).map(([line, value]) => ({ route, line, atSecond, value })),
  );
}
