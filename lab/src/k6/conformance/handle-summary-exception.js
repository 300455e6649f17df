// When handleSummary throws, the default summary is shown; the exit code stays.
// expect: exit 0
// expect: stdout has iterations
// expect: stderr has summary went wrong
export default function () {}

export function handleSummary() {
  throw new Error('summary went wrong');
}
