/** A series of a service, taken apart. */
export interface ParsedSeriesKey {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Takes apart how samples name a series (`parseExposition`), for example `a_total{code="200",method="GET"}`. */
export function parseSeriesKey(key: string): ParsedSeriesKey {
  const brace = key.indexOf('{');
  if (brace < 0) return { name: key, labels: {} };
  const labels: Record<string, string> = {};
  for (const [, label = '', value = '""'] of key.slice(brace).matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g))
    labels[label] = JSON.parse(value) as string;
  return { name: key.slice(0, brace), labels };
}
