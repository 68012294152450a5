import { defineConfig } from 'vitest/config'

const shared = {
  environment: 'node',
  testTimeout: 30_000,
  hookTimeout: 60_000,
  setupFiles: ['test/support/seed.ts'],
}

/** `unit` runs from the sources; `process` starts real processes and needs `out/` (`npm run build`). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/cli/**', 'test/bootstrap/**', 'test/e2e/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'process',
          include: ['test/{cli,bootstrap}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
})
