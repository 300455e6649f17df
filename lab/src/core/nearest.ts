/** Names that someone who typed `received` may have meant: the nearest by edit distance, best first, three at most. */
export function nearestNames(received: string, known: readonly string[]): string[] {
  const limit = Math.max(2, Math.ceil(received.length / 3));
  return known
    .map((name) => ({ name, distance: name.startsWith(received) ? 0 : editDistance(received, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** One sentence that says what was received and what is legal. */
export function unknownName(what: string, received: string, known: readonly string[]): string {
  const nearest = nearestNames(received, known);
  const hint = nearest.length > 0 ? `Did you mean ${nearest.join(' or ')}?` : `Known: ${known.join(', ')}.`;
  return `Unknown ${what} "${received}". ${hint}`;
}

/** Insertions, deletions and substitutions from one text to the other (Levenshtein, 1966). */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
