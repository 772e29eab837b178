import { attackSpec } from '../options/attack.ts';
import { demoSpec } from '../options/demo.ts';
import { envSpec } from '../options/env.ts';
import { evalSpec } from '../options/eval.ts';
import { listSpec } from '../options/list.ts';
import { predictSpec } from '../options/predict.ts';
import { pretrainSpec } from '../options/pretrain.ts';
import { reportSpec } from '../options/report.ts';
import { reproduceSpec } from '../options/reproduce.ts';
import type { CommandSpec, OptionsOf } from '../options/spec.ts';
import { trainSpec } from '../options/train.ts';
import type { CommandIo } from './terminal/io.ts';

/** The work of a command. What it throws, `main` prints. */
export type Run<C extends CommandSpec> = (options: OptionsOf<C>, io: CommandIo) => Promise<void>;

/** A command: its specification, which is light, and its work, which is loaded only to be done. */
export interface Command<C extends CommandSpec = CommandSpec> {
  readonly spec: C;
  readonly load: () => Promise<{ readonly run: Run<C> }>;
}

/** Ties the types of specification and work together, then forgets them for the table. */
const command = <C extends CommandSpec>(spec: C, load: Command<C>['load']): Command =>
  ({ spec, load }) as unknown as Command;

/** The commands of `vda`, in the order of its help. */
export const commands: readonly Command[] = [
  command(trainSpec, () => import('./commands/train.ts')),
  command(evalSpec, () => import('./commands/eval.ts')),
  command(predictSpec, () => import('./commands/predict.ts')),
  command(attackSpec, () => import('./commands/attack.ts')),
  command(reportSpec, () => import('./commands/report.ts')),
  command(pretrainSpec, () => import('./commands/pretrain.ts')),
  command(reproduceSpec, () => import('./commands/reproduce.ts')),
  command(demoSpec, () => import('./commands/demo.ts')),
  command(listSpec, () => import('./commands/list.ts')),
  command(envSpec, () => import('./commands/env.ts')),
];
