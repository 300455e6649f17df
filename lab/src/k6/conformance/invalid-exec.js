// exec names an exported function (scenarios).
// expect: exit 104
// expect: stderr has nobody
export const options = { scenarios: { all: { executor: 'shared-iterations', exec: 'nobody' } } };

export default function () {}
