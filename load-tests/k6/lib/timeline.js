import exec from 'k6/execution';

/**
 * The phases of a run, one after the other. Requests carry the phase in which they begin as a tag, so that thresholds
 * can speak about one phase; the edges (`fill`, `drain`, …) are phases that no threshold speaks about.
 * @param {Record<string, number>} lengths whole seconds of each phase, in their order
 */
export function createTimeline(lengths) {
  let end = 0;
  const phases = Object.entries(lengths).map(([name, length]) => {
    const start = end;
    end += length;
    return { name, start, end };
  });

  /** @param {string} name */
  const find = (name) => {
    const phase = phases.find((candidate) => candidate.name === name);
    if (phase === undefined) throw new Error(`there is no phase ${name}`);
    return phase;
  };
  const firstName = Object.keys(lengths)[0] ?? '';
  const lastName = Object.keys(lengths).at(-1) ?? '';

  return {
    /**
     * From the start of one phase to the end of another, as fields of a scenario of k6.
     * @param {string} first
     * @param {string} last
     */
    span(first = firstName, last = lastName) {
      return { startTime: `${find(first).start}s`, duration: `${find(last).end - find(first).start}s` };
    },

    /**
     * @param {string} first
     * @param {string} last
     */
    seconds: (first = firstName, last = lastName) => find(last).end - find(first).start,

    /**
     * The phase of this moment, for the function of a scenario that starts with the phase `startedWith`.
     * @param {string} startedWith
     */
    phase(startedWith = firstName) {
      const now = find(startedWith).start + (Date.now() - exec.scenario.startTime) / 1000;
      return phases.find((phase) => now < phase.end)?.name ?? 'over';
    },
  };
}
