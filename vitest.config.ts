import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['app/**/*.test.ts', 'lab/src/**/*.test.ts', 'lab/test/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/postgres.setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    coverage: {
      include: ['app/src/**/*.ts', 'lab/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/main.ts', 'lab/src/entries/**'],
    },
  },
});
