// What k6/execution tells of scenario, instance and VU (javascript-api/k6-execution).
// expect: exit 0
// expect: metrics.checks.passes == 40
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import exec from 'k6/execution';

export const options = { scenarios: { own: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };

export default function () {
  const { scenario, instance, vu, test } = exec;
  check(scenario, {
    name: ({ name }) => name === 'own',
    executor: ({ executor }) => executor === 'per-vu-iterations',
    'start time': ({ startTime }) => Math.abs(Date.now() - startTime) < 5000,
    progress: ({ progress }) => progress >= 0 && progress <= 1,
    number: ({ iterationInTest }) => iterationInTest >= 0 && iterationInTest < 4,
    'active VUs': () => instance.vusActive >= 1 && instance.vusInitialized === 2,
    'VU id': () => [1, 2].includes(vu.idInTest) && __VU === vu.idInInstance,
    'iterations of the VU': () => vu.iterationInScenario < 2 && __ITER === vu.iterationInInstance,
    done: () => instance.iterationsCompleted < 4 && instance.iterationsInterrupted === 0,
    options: () => test.options.scenarios.own.vus === 2,
  });
}
