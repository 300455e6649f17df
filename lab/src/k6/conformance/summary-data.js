// The shape of handleSummary's argument (custom-summary, "summary data reference").
// expect: exit 99
// expect: stdout has trend time avg,max,med,min,p(90),p(95) true
// expect: stdout has rate default fails,passes,rate
// expect: stdout has counter default count,rate false
// expect: stdout has root 1 check, 42, boolean number
import { check } from 'k6';
import http from 'k6/http';

export const options = { thresholds: { http_req_duration: ['p(95)<5000'], http_reqs: ['count>9'] } };
export const setup = () => ({ answer: 42 });

export default function () {
  check(http.get(__ENV.BASE_URL), { ok: ({ status }) => status === 200 });
}

export function handleSummary({ metrics, root_group: root, state, setup_data: data }) {
  const [{ http_req_duration: trend, http_req_failed: rate, http_reqs: counter }] = [metrics];
  const show = ({ type, contains, values }) => [type, contains, Object.keys(values).sort()].join(' ');
  const lines = [
    `${show(trend)} ${trend.thresholds['p(95)<5000'].ok}`,
    show(rate),
    `${show(counter)} ${counter.thresholds['count>9'].ok}`,
    `root ${root.checks.length} check, ${data.answer}, ${typeof state.isStdOutTTY} ${typeof state.testRunDurationMs}`,
  ];
  return { stdout: lines.join('\n') };
}
