// A threshold on a metric that does not exist is an invalid configuration.
// expect: exit 104
// expect: stderr has no_such_metric
export const options = { thresholds: { no_such_metric: ['count>1'] } };

export default function () {}
