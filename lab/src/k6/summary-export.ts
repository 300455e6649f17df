import type { GroupResult, SummaryData, SummaryMetric } from './engine.ts';

/** `--summary-export`: the shape from before handleSummary. */
export function toSummaryExport({ root_group, metrics }: SummaryData): unknown {
  return {
    root_group: toGroup(root_group),
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, metric]) => [key, toMetric(metric)])),
  };
}

function toGroup({ name, path, id, groups, checks }: GroupResult): unknown {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((group) => [group.name, toGroup(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}

function toMetric({ type, values, thresholds }: SummaryMetric): unknown {
  const { rate, ...others } = values;
  const flat = type === 'rate' ? { ...others, value: rate } : values;
  if (thresholds === undefined) return flat;
  // In this shape `true` says that a threshold is crossed.
  const crossed = Object.entries(thresholds).map(([expression, { ok }]) => [expression, !ok] as const);
  return { ...flat, thresholds: Object.fromEntries(crossed) };
}
