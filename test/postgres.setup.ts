import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startFoundation } from '../lab/src/targets/local/foundation.ts';
import { startGuard } from '../lab/src/targets/local/guard.ts';
import { toLocalHost } from '../lab/src/targets/local/local-host.ts';

/**
 * Vitest's global setup: boots one real PostgreSQL for all tests and puts its superuser's URL into `TEST_DATABASE_URL`.
 * The guard removes it even when vitest is killed. Needs the compiled lab (`npm run build`, part of `npm ci`).
 */
export async function setup(): Promise<() => Promise<void>> {
  const host = toLocalHost(process, tmpdir());
  const options = {
    runId: `test-${randomBytes(4).toString('hex')}`,
    repositoryRoot: fileURLToPath(new URL('..', import.meta.url)),
  };
  const guard = startGuard(host, options);
  const foundation = await startFoundation(host, guard, options, AbortSignal.timeout(60_000));
  process.env['TEST_DATABASE_URL'] = foundation.database.adminUrl;
  return async () => {
    await foundation.close();
    await guard.release();
  };
}
