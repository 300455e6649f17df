// --summary-mode disabled: no summary, and handleSummary is not called (options reference).
// flags: --summary-mode disabled
// expect: exit 0
// expect: stdout lacks iterations
// expect: stderr lacks called
export default function () {}

export function handleSummary() {
  console.log('called');
  return {};
}
