import { defineConfig } from 'vitest/config';

/** Tests of the instrument itself: they measure, so they run one at a time and want a quiet machine. */
export default defineConfig({
  test: {
    include: ['lab/test/instrument/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
  },
});
