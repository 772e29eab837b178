#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { launchedRank } from '../distributed/launcher.ts';
import { hasFlag } from './args/has-flag.ts';
import { textWidth } from './args/wrap.ts';
import { commands } from './command-table.ts';
import { dispatch } from './dispatch.ts';
import { errorReport } from './terminal/error-message.ts';
import { watchInterrupts } from './terminal/interrupt.ts';
import type { Io } from './terminal/io.ts';

/**
 * Runs one command line and prints what goes wrong: the only place that does.
 * @param argv the arguments after `vda`
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function main(argv: readonly string[], io: Io, table = commands): Promise<0 | 1 | 2> {
  try {
    await dispatch(argv, io, table);
    return 0;
  } catch (thrown) {
    if (io.signal.aborted && thrown === io.signal.reason) return 1; // said when the signal came
    const report = errorReport(thrown, {
      width: textWidth(io.stderr.columns),
      debug: hasFlag(argv, '--debug'),
    });
    io.stderr.write(report.text);
    return report.exitCode;
  }
}

async function runProcess(): Promise<void> {
  // A reader that went away (`vda predict | head`) is no failure; the exit must be at once, or the job runs on.
  const onStreamError = (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1);
  process.stdout.on('error', onStreamError);
  process.stderr.on('error', onStreamError);
  // What runs on by itself, in a person's module for example, throws past everybody.
  process.on('uncaughtException', (thrown) => {
    const { text } = errorReport(thrown, {
      width: textWidth(process.stderr.columns),
      debug: hasFlag(process.argv, '--debug'),
    });
    process.stderr.write(text);
    process.exit(1);
  });
  const interrupts = watchInterrupts(process, {
    say: (message) => {
      if (launchedRank(process.env) === 0) process.stderr.write(`\n${message}\n`); // once for all ranks
    },
    exit: (code) => process.exit(code),
  });
  const { stdin, stdout, stderr, env } = process;
  const code = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    now: () => performance.now(),
    signal: interrupts.signal,
  });
  // What was stopped has thrown; what returned did all that it was to do, or was stopped as it is meant to be.
  process.exitCode = code === 0 ? 0 : (interrupts.exitCode() ?? code);
  interrupts.stop();
  stdin.destroy(); // whoever writes to it may be there still
}

// npm starts a bin through a link, so the real path is compared; imported by a test, nothing runs.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runProcess();
}
