import type { Value } from '../../graph/value.ts';
import { compile as compileOn, type Program, type Specs, type Traced } from '../compile.ts';
import type { SessionOptions } from '../runtime.ts';
import type { Tree } from '../tree.ts';
import { nodeRuntime } from './node-runtime.ts';

/** {@link compileOn} in Node, for what trains. @throws VdaError as there */
export const compile = <S extends Specs, R extends Tree<Value>>(
  program: (inputs: Traced<S>) => R,
  specs: S,
  options: SessionOptions = {},
): Promise<Program<S, R>> => compileOn(program, specs, { ...options, runtime: nodeRuntime });
