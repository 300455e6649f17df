// An option that does not exist is ignored with a warning.
// expect: exit 0
// expect: stderr has vuss
// expect: metrics.iterations.count == 1
export const options = { vuss: 5 };

export default function () {}
