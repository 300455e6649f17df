/** Uniform in [0, 1), like Math.random, but given from outside so that a run can be repeated. */
export type Random = () => number;

/**
 * A small seeded generator for jitter and sampling, never for secrets.
 * Source: Tommy Ettinger's mulberry32 (public domain), 32 bits of state, period 2^32.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
