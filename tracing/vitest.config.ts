import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/*.test.mjs'], fileParallelism: false, testTimeout: 30_000, hookTimeout: 90_000 },
});
