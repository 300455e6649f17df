// Tags of the test, the scenario, the VU and the request (tags-and-groups).
// flags: --tag run=night
// expect: exit 0
// expect: metrics.http_reqs{run:night}.count == 1
// expect: metrics.http_reqs{scenario:tagged,kind:a}.count == 1
// expect: metrics.http_reqs{phase:during,own:yes}.count == 1
// expect: metrics.iterations{kind:a}.count == 1
import exec from 'k6/execution';
import http from 'k6/http';

const all = ['count==1'];
export const options = {
  scenarios: { tagged: { executor: 'shared-iterations', tags: { kind: 'a' } } },
  thresholds: {
    'http_reqs{run:night}': all,
    'http_reqs{scenario:tagged,kind:a}': all,
    'http_reqs{phase:during,own:yes}': all,
    'iterations{kind:a}': all,
  },
};

export default function () {
  exec.vu.metrics.tags.phase = 'during';
  http.get(__ENV.BASE_URL, { tags: { own: 'yes' } });
}
