import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Many of them wait for other processes: one more than the machines of CI have cores.
    maxWorkers: 3,
    // Screens, processes and kubectl race with a busy machine: in CI a test may prove itself a second time. At a desk it may not.
    retry: process.env['CI'] ? 2 : 0,
  },
});
