// handleSummary says what is written where, in place of the default summary (results-output/end-of-test/custom-summary).
// expect: exit 0
// expect: stdout has 1 iteration
// expect: stdout lacks made by lab k6 run
// expect: stderr has to stderr
// expect: file own.json has {"own":true}
export default function () {}

export function handleSummary(data) {
  return {
    stdout: `${data.metrics.iterations.values.count} iteration`,
    stderr: 'to stderr',
    'own.json': JSON.stringify({ own: true }),
  };
}
