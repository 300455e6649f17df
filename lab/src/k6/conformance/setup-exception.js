// When setup throws, neither iterations nor teardown follow (test-lifecycle).
// expect: exit 107
// expect: metrics.iterations missing
// expect: stderr has setup went wrong
// expect: stderr lacks teardown ran
export function setup() {
  throw new Error('setup went wrong');
}

export default function () {}

export function teardown() {
  console.log('teardown ran');
}
