// `rate` iterations begin in each `timeUnit` (executors/constant-arrival-rate).
// expect: exit 0
// expect: metrics.iterations.count == 60
export const options = {
  scenarios: {
    all: {
      executor: 'constant-arrival-rate',
      rate: 30,
      timeUnit: '500ms',
      duration: '1s',
      preAllocatedVUs: 30,
    },
  },
};

export default function () {}
