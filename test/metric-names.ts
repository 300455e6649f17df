import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Names in the first column of the tables below a place in docs/metrics.md. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/^\| `([a-z_0-9]+)`/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

const [ofBackend = '', ofTarget = ''] = read('docs/metrics.md').split('## What the local target observes');

/** A histogram is three series. */
const withSeries = (text: string, names: readonly string[]): string[] =>
  names.flatMap((name) =>
    new RegExp(`^\\| \`${name}\` +\\| histogram`, 'm').test(text)
      ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix)
      : [name],
  );

/** What both services say on /metrics: those of the backend are a table, those of the downstream service stand in its code. */
export function documentedMetrics(): string[] {
  const ofDownstream = [...read('downstream-slow-service/src/telemetry.ts').matchAll(/'(lab_[a-z_]+)'/g)];
  return [...withSeries(ofBackend, namesOf(ofBackend)), ...ofDownstream.map(([, name = '']) => name)];
}

/** What the targets of the lab observe, under the names of kube-state-metrics and cAdvisor. */
export const observedMetrics = (): string[] => namesOf(ofTarget);
