import { defineConfig } from 'vitest/config';

export default defineConfig({
  // ONNX Runtime is a native addon: forked processes, two at a time for two cores.
  test: { include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 2, testTimeout: 60_000 },
});
