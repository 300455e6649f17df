import { defineConfig } from 'vitest/config';

/** Tests on a real Docker Engine or a real cluster: one at a time; each says why it is skipped where there is none. */
export default defineConfig({
  test: {
    include: ['lab/test/docker/**/*.test.ts', 'lab/test/kubernetes/**/*.test.ts'],
    // Names each test, and with it why it was skipped.
    reporters: ['verbose'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
