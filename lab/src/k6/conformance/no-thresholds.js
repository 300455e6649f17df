// --no-thresholds: they are not looked at (options reference).
// flags: --no-thresholds
// expect: exit 0
export const options = { thresholds: { iterations: ['count>100'] } };

export default function () {}
