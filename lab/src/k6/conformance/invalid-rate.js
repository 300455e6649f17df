// rate is a whole number.
// expect: exit 104
// expect: stderr has scenarios.all.rate: received 1.5
export const options = {
  scenarios: {
    all: { executor: 'constant-arrival-rate', rate: 1.5, duration: '1s', preAllocatedVUs: 1 },
  },
};

export default function () {}
