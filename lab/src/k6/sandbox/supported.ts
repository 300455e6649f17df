/** What scripts may import, by module; whatever else k6 has is outside of the subset. */
export const supportedApi: Readonly<Record<string, readonly string[]>> = {
  k6: ['check', 'fail', 'group', 'randomSeed', 'sleep'],
  'k6/http': [
    'batch',
    'del',
    'expectedStatuses',
    'get',
    'head',
    'options',
    'patch',
    'post',
    'put',
    'request',
    'setResponseCallback',
    'url',
  ],
  'k6/metrics': ['Counter', 'Gauge', 'Rate', 'Trend'],
  'k6/execution': ['instance', 'scenario', 'test', 'vu'],
  'k6/data': ['SharedArray'],
};
