// --iterations wins over the variable, the variable over the script (how-to, "order of precedence").
// flags: -i 3
// env: K6_ITERATIONS=5
// expect: exit 0
// expect: metrics.iterations.count == 3
export const options = { iterations: 7 };

export default function () {}
