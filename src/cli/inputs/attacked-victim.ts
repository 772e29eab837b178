import { basename, resolve } from 'node:path';
import type { Victim } from '../../attacks/victim.ts';
import { withVotes } from '../../attacks/victims/with-votes.ts';
import { VdaError } from '../../base/error.ts';
import { type AnsweringClassifier, createClassifier, victimOf } from '../../inference/classifier.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import type { attackSpec } from '../../options/attack.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { parseVictim, type VictimPlace } from '../../options/victim.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import type { AskedVictim } from '../../runs/victims/asked-victim.ts';
import { openHttpVictim } from '../../runs/victims/http.ts';
import { openModuleVictim } from '../../runs/victims/module.ts';
import { loadOnnxClassifier } from '../../runs/victims/onnx.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Tokenizer } from '../../text/tokenizer.ts';
import type { CommandIo } from '../terminal/io.ts';
import { modelAccess, runtimeOf } from './model-access.ts';
import { readingLength } from './reading-length.ts';
import { smoothed } from './smoothed-victim.ts';

type Options = OptionsOf<typeof attackSpec>;

/** What is attacked, whatever its kind. */
export interface AttackedVictim {
  readonly victim: Victim;
  /** What people call it. */
  readonly name: string;
  /** The model that vda loaded; other kinds have none. */
  readonly model?: PretrainedModel;
  /** Of models that run here: what they read of a text. */
  readonly classifier?: AnsweringClassifier;
  readonly readsPairs: boolean;
  /** Seconds, without those in which the victim could not be reached. */
  readonly clock?: () => number;
  readonly remarks: readonly string[];
}

interface Opening {
  readonly io: CommandIo;
  readonly say: (line: string) => void;
}

/** Opens the model or the victim of another kind that the options name. @throws VdaError what opening it does */
export async function openVictim(options: Options, p: Opening): Promise<AttackedVictim> {
  const opened = await openOne(options, p);
  const { votes, smoothing } = options;
  if (smoothing !== 'none') return { ...opened, victim: smoothed(opened.victim, options) };
  return votes === undefined ? opened : { ...opened, victim: withVotes(opened.victim, { votes }) };
}

async function openOne(options: Options, p: Opening): Promise<AttackedVictim> {
  if (options.victim === undefined) return openModel(options, p);
  const place = parseVictim(options.victim) as VictimPlace; // the options are checked to name one
  if (place.kind === 'onnx') return openOnnx(place.place, options, p);
  const asking = askingOptions(options, p);
  const asked =
    place.kind === 'module'
      ? await openModuleVictim(place.place, asking)
      : await openHttpVictim(
          { contract: place.kind, address: place.place },
          {
            ...asking,
            token: tokenOf(options, p.io),
            ...{ model: options.victimModel, instruction: options.victimInstruction },
          },
        );
  return fromAsked(asked);
}

const fromAsked = ({ victim, name, readsPairs, clock }: AskedVictim): AttackedVictim => ({
  ...{ victim, name, readsPairs, clock },
  remarks: [],
});

async function openModel(options: Options, { io, say }: Opening): Promise<AttackedVictim> {
  const model = await loadClassifier(options.model!, modelAccess(io)); // the options are checked to name it
  const { maxLength, remarks } = readingLength(options, { given: io.given, model });
  const classifier = await createClassifier(model, {
    ...{ ...runtimeOf(options), runtime: nodeRuntime, maxLength },
    ...{ maxRows: options.batchSize, workerProcesses: true, onRemark: say },
  });
  const name = basename(resolve(model.folder));
  return {
    ...{ name, model, classifier, readsPairs: true, remarks },
    victim: ownVictim(classifier, { tokenizer: model.tokenizer, io }),
  };
}

async function openOnnx(file: string, options: Options, { io }: Opening): Promise<AttackedVictim> {
  const { classifier, tokenizer, folder } = await loadOnnxClassifier(file, {
    ...runtimeOf(options),
    ...{ tokenizer: options.victimTokenizer, labels: options.victimLabels },
    ...{ maxLength: options.maxSeqLength, maxRows: options.batchSize },
  });
  return {
    ...{ name: basename(folder), classifier, readsPairs: true, remarks: [] },
    victim: ownVictim(classifier, { tokenizer, io }),
  };
}

const ownVictim = (
  classifier: AnsweringClassifier,
  { tokenizer, io }: { readonly tokenizer: Tokenizer; readonly io: CommandIo },
): Victim =>
  victimOf(classifier, {
    unkToken: tokenizer.tokenOf(tokenizer.unkId),
    maskToken: tokenizer.tokenOf(tokenizer.maskId),
    signal: io.signal,
  });

const askingOptions = (options: Options, { io, say }: Opening) => ({
  ...{ labels: options.victimLabels, scores: options.victimScores, version: options.victimVersion },
  ...{ batch: options.victimBatch, concurrency: options.victimConcurrency },
  ...{ timeout: options.victimTimeout, attempts: options.victimAttempts },
  ...{ textsPerSecond: options.victimRate, maxRequests: options.maxRequests, maxTexts: options.maxTexts },
  ...{ answersFolder: options.outputDir, signal: io.signal, onRemark: say },
});

/** The token that the environment holds; its name is not shown, for it may be the token itself by mistake. */
function tokenOf({ victimToken }: Options, { env }: CommandIo): string | undefined {
  if (victimToken === undefined) return undefined;
  const token = env[victimToken]?.trim();
  if (token) return token;
  throw new VdaError(
    'usage',
    '--victim-token: no environment variable of that name is set. Set it to the bearer token, and name it here.',
  );
}
