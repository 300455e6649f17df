// The rate changes linearly from stage to stage (executors/ramping-arrival-rate): 20 + 40 iterations.
// expect: exit 0
// expect: metrics.iterations.count >= 59
// expect: metrics.iterations.count <= 61
export const options = {
  scenarios: {
    all: {
      executor: 'ramping-arrival-rate',
      startRate: 0,
      stages: [
        { duration: '1s', target: 40 },
        { duration: '1s', target: 40 },
      ],
      preAllocatedVUs: 30,
    },
  },
};

export default function () {}
