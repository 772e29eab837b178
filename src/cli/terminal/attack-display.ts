import type { Victim } from '../../attacks/victim.ts';
import type { ProgressDisplay } from '../../runs/hooks.ts';
import type { AttackProgress } from '../../runs/run-attack.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';
import { sayTo } from './say.ts';

/** A progress display that starts where a resumed attack does, and counts what the victim is really asked. */
export function attackDisplay(io: Io) {
  let progress: ProgressDisplay | undefined;
  let last: AttackProgress | undefined;
  let asked = 0;
  const started = io.now();
  const show = () => {
    const seconds = (io.now() - started) / 1000;
    progress?.update(last?.done ?? 0, {
      flipped: last?.successes ?? 0,
      ...(seconds > 0 && { 'queries/s': Math.round(asked / seconds) }), // the clock may not have ticked yet
    });
  };
  return {
    update: (now: AttackProgress) => {
      progress ??= createProgress(io, { label: 'Attacking', total: now.total, from: now.done, unit: 'text' });
      last = now;
      show();
    },
    watched: (victim: Victim): Victim => ({
      ...victim,
      classify: async (inputs) => {
        const rows = await victim.classify(inputs);
        asked += inputs.length;
        show();
        return rows;
      },
    }),
    log: (line: string) => (progress ? progress.log(line) : sayTo(io)(line)),
    finish: () => progress?.finish(),
    total: () => last?.total ?? 0,
    done: () => last?.done ?? 0,
  };
}
