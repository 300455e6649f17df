// An executor that does not exist is an invalid configuration.
// expect: exit 104
// expect: stderr has shared-iterations
export const options = { scenarios: { all: { executor: 'constant' } } };

export default function () {}
