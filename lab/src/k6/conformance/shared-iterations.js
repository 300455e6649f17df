// VUs share one pot of iterations (executors/shared-iterations).
// expect: exit 0
// expect: metrics.iterations.count == 10
export const options = {
  scenarios: { all: { executor: 'shared-iterations', vus: 3, iterations: 10 } },
};

export default function () {}
