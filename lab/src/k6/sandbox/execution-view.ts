import type { RunView } from '../vu.ts';
import type { CallState } from './call-state.ts';

/** A value of k6/execution; undefined where it is not known. */
export function viewOf(name: string, vuId: number, { call, iteration }: CallState, run: RunView): unknown {
  const scenario = call?.scenario;
  switch (name) {
    case 'scenario.name':
      return scenario?.name;
    case 'scenario.executor':
      return scenario?.executor;
    case 'scenario.startTime':
      return scenario?.startTimeMs;
    case 'scenario.progress':
      return scenario?.progress();
    case 'scenario.iterationInInstance':
      return scenario?.iterationInInstance;
    case 'scenario.iterationInTest':
      return scenario?.iterationInTest;
    case 'vu.idInInstance':
    case 'vu.idInTest':
      return vuId;
    case 'vu.iterationInInstance':
      return iteration;
    case 'vu.iterationInScenario':
      return scenario?.iterationOfVu;
    case 'instance.iterationsInterrupted':
      return call === null ? undefined : run.iterationsInterrupted();
    case 'instance.iterationsCompleted':
      return call === null ? undefined : run.iterationsCompleted();
    case 'instance.vusActive':
      return call === null ? undefined : run.vusActive();
    case 'instance.vusInitialized':
      return call === null ? undefined : run.vusInitialized();
    case 'instance.currentTestRunDuration':
      return call === null ? undefined : run.currentTestRunDurationMs();
    case 'test.options':
      return call === null ? undefined : (JSON.parse(run.options()) as unknown);
    default:
      return undefined;
  }
}
