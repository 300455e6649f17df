// A threshold that cannot be read is an invalid configuration.
// expect: exit 104
export const options = { thresholds: { http_reqs: ['count is 5'] } };

export default function () {}
