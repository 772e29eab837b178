import type { Io } from '../../src/cli/terminal/io.ts';

/** An `Io` in memory: what was written, as into a pipe, and a clock that a test sets. */
export function memoryIo(overrides: Partial<Io> = {}) {
  const written = { stdout: '', stderr: '' };
  const clock = { ms: 0 };
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text), columns: 80 },
    env: {},
    now: () => clock.ms,
    signal: new AbortController().signal,
    ...overrides,
  };
  return { io, written, clock };
}
