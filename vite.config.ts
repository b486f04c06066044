// How the tests run; the build of the page joins it here.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/golden/**'],
          environment: 'node',
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    fileParallelism: true,
    // Each worker may hold a model and a software GPU; more of them only wait for each other.
    maxWorkers: 2,
  },
});
