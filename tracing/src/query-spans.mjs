/**
 * `pg.query:{statement}`: without the database's name, which the instrumentation appends. The lab makes a database for
 * each start, so the same query would have another name each time; `db.namespace` has it still.
 * @param {import('@opentelemetry/api').Span} span
 * @param {{ query: { name?: string, text: string } }} about
 */
export function nameQuerySpan(span, { query: { name, text } }) {
  const [keyword = ''] = text.trim().split(/[\s;]/, 1);
  span.updateName(`pg.query:${name ?? keyword.toUpperCase()}`);
}
