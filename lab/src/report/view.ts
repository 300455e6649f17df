import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import type { LabEvent, Window } from '../core/events.ts';
import type { Story } from '../core/scenario.ts';
import { allPanels } from '../panels/all-panels.ts';
import type { Panel } from '../panels/panel.ts';
import { type Series, foldPanel } from '../panels/panel-fold.ts';
import { type LineStyle, lineStylesOf } from './palette.ts';
import { mainRouteOf } from './words.ts';

/** An arm with the look of its line. */
export interface ArmView {
  readonly result: ArmResult;
  readonly style: LineStyle;
}

/** Everything that a page or a picture shows of one scenario. */
export interface ScenarioView {
  readonly result: ScenarioResult;
  readonly story: Story | null;
  readonly arms: readonly ArmView[];
  /** The route that the scenario is about. */
  readonly mainRoute: string | null;
  readonly windows: Readonly<Record<string, Window>>;
  readonly durationSeconds: number;
  readonly seriesOf: (panel: Panel) => readonly Series[];
}

export interface RunView {
  readonly document: RunDocument;
  readonly scenarios: readonly ScenarioView[];
}

/** Prepares a run for showing: its document, and the lines of every panel, folded from its events. */
export function toRunView(document: RunDocument, events: readonly LabEvent[]): RunView {
  const series = new Map(allPanels.map((panel) => [panel.name, foldPanel(panel, events)] as const));
  const scenarios = document.scenarios.map((result) =>
    toScenarioView(result, events, (panel) =>
      (series.get(panel.name) ?? []).filter(({ scenario }) => scenario === result.name),
    ),
  );
  return { document, scenarios };
}

function toScenarioView(
  result: ScenarioResult,
  events: readonly LabEvent[],
  seriesOf: ScenarioView['seriesOf'],
): ScenarioView {
  const styles = lineStylesOf(result.arms.map(({ role }) => role));
  const arms = result.arms.flatMap((arm, index) => {
    const style = styles[index];
    return style === undefined ? [] : [{ result: arm, style }];
  });
  const windows = windowsOf(result.name, events);
  const [first] = result.arms;
  return {
    result,
    arms,
    windows,
    seriesOf,
    story: storyOf(result.name, events),
    mainRoute: first === undefined ? null : mainRouteOf(first),
    durationSeconds: Math.max(1, ...Object.values(windows).map(({ endSecond }) => endSecond)),
  };
}

function storyOf(name: string, events: readonly LabEvent[]): Story | null {
  const started = events.find((event) => event.type === 'run-started');
  return started?.scenarios.find((header) => header.name === name)?.story ?? null;
}

/** All arms of a scenario have the same windows; an A/A arm without a trigger does not hide those of the others. */
function windowsOf(name: string, events: readonly LabEvent[]): Record<string, Window> {
  const windows: Record<string, Window> = {};
  for (const event of events) {
    if (event.type === 'arm-started' && event.scenario === name) Object.assign(windows, event.phases);
  }
  return windows;
}
