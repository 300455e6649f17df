import { isProblem, type ErrorCode } from '../errors.ts';
import type { Layer, Lease, SessionParameter } from '../protections/protection.ts';

/** Sets a time limit of the session on every connection that is taken, and calls back when a statement ran into it. */
export function limitSession(
  parameter: SessionParameter,
  timeoutMs: number,
  code: ErrorCode,
  onExceeded: () => void,
): Layer {
  return {
    async acquire(take, call) {
      const lease = await take(call);
      lease.setSession(parameter, String(timeoutMs));
      return watch(lease, code, onExceeded);
    },
  };
}

function watch(lease: Lease, code: ErrorCode, onExceeded: () => void): Lease {
  return {
    async query(statement, signal) {
      try {
        return await lease.query(statement, signal);
      } catch (error) {
        if (isProblem(error, code)) onExceeded();
        throw error;
      }
    },
    setSession: (parameter, value) => lease.setSession(parameter, value),
    release: (error) => lease.release(error),
  };
}
