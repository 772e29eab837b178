import { execFileSync } from 'node:child_process';

/** Ids of the processes that this one has started for running models. */
export const runningWorkers = (): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, state, , flag]) =>
        parent === String(process.pid) && !state!.startsWith('Z') && flag === '-e',
    )
    .map(([id]) => Number(id));
