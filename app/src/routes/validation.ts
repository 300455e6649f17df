import type { FastifyInstance } from 'fastify';
import type { TObject } from 'typebox';
import { Problem } from '../errors.ts';
import { createReader } from '../kernel/settings.ts';

/**
 * Checks requests with the same reader as all other input: query and path are text that is converted, where unknown
 * names are ignored (caches and tracers add some); a JSON body must have the right types and no unknown names.
 */
export function useReaders(app: FastifyInstance): void {
  app.setValidatorCompiler<TObject>(({ schema, httpPart }) => {
    const isBody = httpPart === 'body';
    const read = createReader(
      schema,
      isBody ? { form: 'json', unknownNames: 'fault' } : { form: 'text', unknownNames: 'ignore' },
    );
    return (data: unknown) => {
      if (typeof data !== 'object' || data === null || Array.isArray(data)) {
        const faults = [{ field: httpPart ?? 'request', received: data ?? null, legal: 'an object' }];
        return { error: new Problem('INVALID_INPUT', 'not an object', { faults }) };
      }
      const reading = read(data as Record<string, unknown>);
      if (reading.ok) return { value: reading.value };
      const names = reading.faults.map(({ field }) => field).join(', ');
      return { error: new Problem('INVALID_INPUT', `not legal: ${names}`, { faults: reading.faults }) };
    };
  });
}
