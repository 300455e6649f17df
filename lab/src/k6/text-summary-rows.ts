/** A line of the summary: a name, dots, and values that stand in columns. */
export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** Rows of one kind share the widths of their columns. */
  readonly kind: 'trend' | 'plain';
}

/** Writes rows below each other, over all sections alike. */
export function rowWriter(rows: readonly Row[]): (row: Row) => string {
  const labelWidth = Math.max(0, ...rows.map(({ label }) => label.length)) + 3;
  const widths = { trend: columnWidths(rows, 'trend'), plain: columnWidths(rows, 'plain') };
  return ({ label, cells, kind }) => {
    const columns = cells.map((cell, index) => cell.padEnd(widths[kind][index] ?? 0));
    return `${label.padEnd(labelWidth, '.')}: ${columns.join(' ')}`.trimEnd();
  };
}

function columnWidths(rows: readonly Row[], kind: Row['kind']): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    if (row.kind !== kind) continue;
    for (const [index, cell] of row.cells.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    }
  }
  return widths;
}
