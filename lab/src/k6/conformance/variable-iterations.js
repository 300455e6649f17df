// K6_ITERATIONS wins over the script (how-to, "order of precedence").
// env: K6_ITERATIONS=5
// expect: exit 0
// expect: metrics.iterations.count == 5
export const options = { iterations: 7 };

export default function () {}
