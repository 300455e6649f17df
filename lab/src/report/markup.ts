/** A piece of HTML whose texts are escaped already. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | number | null | Markup | readonly Content[];

/** Builds HTML; every string and number put into the template is escaped, markup is not. Null adds nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = strings.map((text, index) => text + toText(values[index] ?? null));
  return { markup: parts.join('') };
}

/** Text that is markup already: a style sheet, a script, a finished picture. */
export function raw(markup: string): Markup {
  return { markup };
}

/** For text and for attributes in double or single quotes, in HTML and in SVG. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export interface TableContent {
  readonly caption: Content;
  readonly head: readonly Content[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Content[])[];
  /** Columns (by index) that hold figures and stand to the right. */
  readonly numeric?: readonly number[];
}

/** A table with a caption, headings of rows and columns, that scrolls sideways by itself on a narrow page. */
export function table({ caption, head, rows, numeric = [] }: TableContent): Markup {
  const kind = (index: number) => (numeric.includes(index) ? ' class="num"' : '');
  const heading = head.map((cell, index) => `<th scope="col"${kind(index)}>${toText(cell)}</th>`).join('');
  const toCell = (cell: Content, index: number) =>
    index === 0 ? `<th scope="row">${toText(cell)}</th>` : `<td${kind(index)}>${toText(cell)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(toCell).join('')}</tr>`).join('\n');
  return raw(`<div class="scroll" tabindex="0" role="group"><table>
<caption><span>${toText(caption)}</span></caption>
<thead><tr>${heading}</tr></thead>
<tbody>${body}</tbody>
</table></div>`);
}

function toText(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escapeMarkup(content);
  if (typeof content === 'number') return String(content);
  if ('markup' in content) return content.markup;
  return content.map(toText).join('');
}
