import { Type } from 'typebox';
import { ServiceError } from '../errors.ts';
import { defineEndpoint } from './endpoint.ts';

export const sometimesFail = defineEndpoint({
  name: 'sometimes-fail',
  path: '/sometimes-fail',
  summary: 'Fails with 500 for that part of the requests, drawn from the seed; answers the others at once.',
  parameters: () =>
    Type.Object({ failure_rate: Type.Number({ unit: 'ratio', minimum: 0, maximum: 1, default: 0.3 }) }),
  run: async ({ failure_rate: failureRatio }, { ports }) => {
    await ports.wait(0);
    if (!ports.failuresAreSet && ports.random() < failureRatio) {
      throw new ServiceError('drawn-failure', { detail: `Drawn with a failure rate of ${failureRatio}.` });
    }
    return 'did not fail';
  },
});
