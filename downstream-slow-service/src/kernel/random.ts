/** Draws a number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/**
 * A seeded generator: the same `seed` and `stream` always give the same draws. Each use takes a stream of its own
 * (a name), so that how often one endpoint draws does not change what another one gets.
 * Generator: mulberry32 (Tommy Ettinger, public domain), full period 2^32. Not for secrets.
 */
export function createRandom(seed: number, stream = ''): Random {
  let state = mixName(stream, seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), started from the seed in place of the usual offset. */
function mixName(name: string, seed: number): number {
  let hash = (seed ^ 0x811c9dc5) | 0;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
