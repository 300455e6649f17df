import { K6Error, k6ExitCodes } from './exit-code.ts';
import type { Tags } from './metric.ts';

/** A key of `thresholds`: a metric, or a part of it by tags (a sub-metric). */
export interface MetricKey {
  /** As the options spell it; the summary lists it under this name. */
  readonly key: string;
  readonly metric: string;
  /** Text between the braces; empty for a whole metric. */
  readonly suffix: string;
  readonly tags: readonly (readonly [name: string, value: string])[];
}

/** The summary shows this one always. */
const expectedResponses = 'http_req_duration{expected_response:true}';

/** @throws K6Error 104 for a key that is neither `metric` nor `metric{tag:value,…}`. */
export function parseMetricKey(key: string): MetricKey {
  const brace = key.indexOf('{');
  if (brace === -1) return { key, metric: key, suffix: '', tags: [] };
  const trimmed = key.trimEnd();
  if (!trimmed.endsWith('}')) throw malformed(key, 'the closing brace has to be its last character');
  const suffix = trimmed.slice(brace + 1, -1).trim();
  const tags = suffix.split(',').map((part) => parseTag(key, part));
  return { key, metric: key.slice(0, brace).trim(), suffix, tags };
}

/** The keys of thresholds that are sub-metrics, and the sub-metric that is always there. */
export function toSubmetrics(thresholdKeys: readonly string[]): readonly MetricKey[] {
  const keys = thresholdKeys.map(parseMetricKey).filter(({ tags }) => tags.length > 0);
  const usual = parseMetricKey(expectedResponses);
  const isNamed = keys.some(({ metric, suffix }) => metric === usual.metric && suffix === usual.suffix);
  return isNamed ? keys : [...keys, usual];
}

/** All tags are equal; more tags do not matter. */
export function hasTags(tags: Tags, wanted: MetricKey['tags']): boolean {
  for (const [name, value] of wanted) if (tags[name] !== value) return false;
  return true;
}

/** The first colon ends the tag's name: values such as `http://…` or `::group` have colons of their own. */
function parseTag(key: string, part: string): readonly [string, string] {
  const colon = part.indexOf(':');
  if (colon === -1) throw malformed(key, `"${part.trim()}" is no tag:value`);
  const name = part.slice(0, colon).trim();
  if (name === '') throw malformed(key, `"${part.trim()}" has no tag's name`);
  return [name, part.slice(colon + 1).trim()];
}

function malformed(key: string, reason: string): K6Error {
  return new K6Error(
    k6ExitCodes.invalidConfiguration,
    `thresholds: "${key}" is no metric{tag:value,…}: ${reason}`,
  );
}
