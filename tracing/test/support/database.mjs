import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import process from 'node:process';
import { inRepository } from './services.mjs';

/** @typedef {{ url: string, stop(): Promise<void> }} TestDatabase */

/**
 * An empty database: in the server of TEST_DATABASE_URL (a superuser's address), else in one that the lab starts.
 * @returns {Promise<TestDatabase>}
 */
export function openDatabase() {
  const adminUrl = process.env['TEST_DATABASE_URL'] ?? '';
  return adminUrl === '' ? startServer() : createIn(adminUrl);
}

/** @param {string} adminUrl @returns {Promise<TestDatabase>} */
async function createIn(adminUrl) {
  const name = `tracing_test_${process.pid}`;
  const { Client } = createRequire(inRepository('app/package.json'))('pg');
  const execute = async (/** @type {string} */ statement) => {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await execute(`CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = name;
  return { url: url.href, stop: () => execute(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** @returns {Promise<TestDatabase>} */
async function startServer() {
  const [{ startFoundation }, { startGuard }, { toLocalHost }] = await Promise.all(
    ['foundation', 'guard', 'local-host'].map(
      (file) => import(inRepository(`lab/dist/targets/local/${file}.js`)),
    ),
  );
  const host = toLocalHost(process, tmpdir());
  const options = { runId: `tracing-test-${process.pid}`, repositoryRoot: inRepository('.') };
  const guard = startGuard(host, options);
  const foundation = await startFoundation(host, guard, options, AbortSignal.timeout(60_000));
  const { url } = await foundation.database.createDatabase('tracing_test', AbortSignal.timeout(10_000));
  return {
    url,
    async stop() {
      await foundation.close();
      await guard.release();
    },
  };
}
