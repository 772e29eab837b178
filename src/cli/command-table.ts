import type { CommandSpec } from '../options/spec.ts';
import { type CommandName, summaries } from '../options/summaries.ts';
import type { Command } from './command.ts';

/** Ties the types of specification and work together, then forgets them for the table. */
const command = <C extends CommandSpec>(
  name: CommandName,
  parts: Pick<Command<C>, 'loadSpec' | 'load'>,
): Command => ({ name, summary: summaries[name], ...parts }) as unknown as Command;

/** The commands of `vda`, in the order of its help. */
export const commands: readonly Command[] = [
  command('train', {
    loadSpec: async () => (await import('../options/train.ts')).trainSpec,
    load: () => import('./commands/train.ts'),
  }),
  command('average', {
    loadSpec: async () => (await import('../options/average.ts')).averageSpec,
    load: () => import('./commands/average.ts'),
  }),
  command('eval', {
    loadSpec: async () => (await import('../options/eval.ts')).evalSpec,
    load: () => import('./commands/eval.ts'),
  }),
  command('predict', {
    loadSpec: async () => (await import('../options/predict.ts')).predictSpec,
    load: () => import('./commands/predict.ts'),
  }),
  command('attack', {
    loadSpec: async () => (await import('../options/attack.ts')).attackSpec,
    load: () => import('./commands/attack.ts'),
  }),
  command('audit', {
    loadSpec: async () => (await import('../options/audit.ts')).auditSpec,
    load: () => import('./commands/audit.ts'),
  }),
  command('augment', {
    loadSpec: async () => (await import('../options/augment.ts')).augmentSpec,
    load: () => import('./commands/augment.ts'),
  }),
  command('serve', {
    loadSpec: async () => (await import('../options/serve.ts')).serveSpec,
    load: () => import('./commands/serve.ts'),
  }),
  command('export', {
    loadSpec: async () => (await import('../options/export.ts')).exportSpec,
    load: () => import('./commands/export.ts'),
  }),
  command('push', {
    loadSpec: async () => (await import('../options/push.ts')).pushSpec,
    load: () => import('./commands/push.ts'),
  }),
  command('report', {
    loadSpec: async () => (await import('../options/report.ts')).reportSpec,
    load: () => import('./commands/report.ts'),
  }),
  command('pretrain', {
    loadSpec: async () => (await import('../options/pretrain.ts')).pretrainSpec,
    load: () => import('./commands/pretrain.ts'),
  }),
  command('reproduce', {
    loadSpec: async () => (await import('../options/reproduce.ts')).reproduceSpec,
    load: () => import('./commands/reproduce.ts'),
  }),
  command('emit', {
    loadSpec: async () => (await import('../options/emit.ts')).emitSpec,
    load: () => import('./commands/emit.ts'),
  }),
  command('demo', {
    loadSpec: async () => (await import('../options/demo.ts')).demoSpec,
    load: () => import('./commands/demo.ts'),
  }),
  command('list', {
    loadSpec: async () => (await import('../options/list.ts')).listSpec,
    load: () => import('./commands/list.ts'),
  }),
  command('env', {
    loadSpec: async () => (await import('../options/env.ts')).envSpec,
    load: () => import('./commands/env.ts'),
  }),
];
