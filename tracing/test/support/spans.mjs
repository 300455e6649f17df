/** @typedef {import('./collector.mjs').CollectedSpan} Span */

/** The one of which there is only one. @template T @param {readonly T[]} all @param {(one: T) => boolean} isIt */
export function only(all, isIt) {
  const found = all.filter(isIt);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} instead of 1`);
  return one;
}

/** The two spans of a name, the shorter first. @param {readonly Span[]} spans @param {string} wanted */
export function bothNamed(spans, wanted) {
  const found = spans.filter(({ name }) => name === wanted);
  const [short, long] = found.sort((one, other) => one.durationMs - other.durationMs);
  if (short === undefined || long === undefined || found.length > 2) {
    throw new Error(`${found.length} spans ${wanted} instead of 2`);
  }
  return { short, long };
}

/** The ids of the spans above one. @param {readonly Span[]} spans @param {Span} span @returns {string[]} */
export function pathTo(spans, span) {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent === undefined ? [] : [parent.spanId, ...pathTo(spans, parent)];
}

/** @param {Span} span */
export function endMs({ startMs, durationMs }) {
  return startMs + durationMs;
}
