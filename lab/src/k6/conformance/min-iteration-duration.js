// minIterationDuration: a shorter iteration waits for the rest of it (options reference).
// expect: exit 0
// expect: metrics.iterations.count <= 3
// expect: metrics.iteration_duration.max < 250
export const options = { vus: 1, duration: '700ms', minIterationDuration: '300ms' };

export default function () {}
