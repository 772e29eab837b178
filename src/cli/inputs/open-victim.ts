import { basename, resolve } from 'node:path';
import { logitsOf } from '../../attacks/services/logits.ts';
import type { Logits, Victim, VictimInput } from '../../attacks/victim.ts';
import { withVotes } from '../../attacks/victims/with-votes.ts';
import { VdaError } from '../../base/error.ts';
import type { AnsweringClassifier } from '../../inference/classifier.ts';
import { createClassifier } from '../../inference/create-classifier.ts';
import { victimOf } from '../../inference/victim-of.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';
import { parseVictim, type VictimOptions, type VictimPlace } from '../../options/victim.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import type { InputKind } from '../../runs/run-folder.ts';
import type { AskedVictim } from '../../runs/victims/asked-victim.ts';
import { openHttpVictim } from '../../runs/victims/http.ts';
import { openModuleVictim } from '../../runs/victims/module.ts';
import { loadOnnxClassifier } from '../../runs/victims/onnx.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { CommandIo } from '../terminal/io.ts';
import { modelAccess, runtimeOf } from './model-access.ts';
import { readingLength } from './reading-length.ts';
import { smoothed } from './smoothed-victim.ts';

type Options = VictimOptions &
  Parameters<typeof smoothed>[1] &
  Parameters<typeof runtimeOf>[0] &
  Parameters<typeof readingLength>[0] & {
    /** Texts in a call of a model that runs here. */
    readonly batchSize: number;
    /** Where the answers of a victim of another kind are kept. */
    readonly outputDir?: string | undefined;
  };

/** What is asked, whatever its kind. */
export interface OpenedVictim {
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
  /** Batches side by side, for a model that runs here. Default: yes. */
  readonly workerProcesses?: boolean;
}

/** Opens the model or the victim of another kind that the options name. @throws VdaError what opening it does */
export async function openVictim(options: Options, p: Opening): Promise<OpenedVictim> {
  const opened = await openOne(options, p);
  const { votes, smoothing } = options;
  if (smoothing !== 'none') return { ...opened, victim: smoothed(opened.victim, options) };
  return votes === undefined ? opened : { ...opened, victim: withVotes(opened.victim, { votes }) };
}

async function openOne(options: Options, p: Opening): Promise<OpenedVictim> {
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

const fromAsked = ({ victim, name, readsPairs, clock }: AskedVictim): OpenedVictim => ({
  ...{ victim, name, readsPairs, clock },
  remarks: [],
});

async function openModel(
  options: Options,
  { io, say, workerProcesses = true }: Opening,
): Promise<OpenedVictim> {
  const model = await loadClassifier(options.model!, modelAccess(io)); // the options are checked to name it
  const { maxLength, remarks } = readingLength(options, { given: io.given, model });
  const classifier = await createClassifier(model, {
    ...{ ...runtimeOf(options), runtime: nodeRuntime, maxLength },
    ...{ maxRows: options.batchSize, workerProcesses, onRemark: say },
  });
  const name = basename(resolve(model.folder));
  return {
    ...{ name, model, classifier, readsPairs: true, remarks },
    victim: victimOf(classifier, { signal: io.signal }),
  };
}

async function openOnnx(file: string, options: Options, { io }: Opening): Promise<OpenedVictim> {
  const { classifier, folder } = await loadOnnxClassifier(file, {
    ...runtimeOf(options),
    ...{ tokenizer: options.victimTokenizer, labels: options.victimLabels },
    ...{ maxLength: options.maxSeqLength, maxRows: options.batchSize },
  });
  return {
    ...{ name: basename(folder), classifier, readsPairs: true, remarks: [] },
    victim: victimOf(classifier, { signal: io.signal }),
  };
}

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

/** @throws VdaError `unsupported` for pairs where the victim has no place for a second text */
export function requireOneText(
  { readsPairs }: Pick<OpenedVictim, 'readsPairs'>,
  { source, kind }: { readonly source: string; readonly kind: InputKind },
): void {
  if (kind !== 'pairs' || readsPairs) return;
  throw new VdaError(
    'unsupported',
    `${source} holds pairs of texts, and victims of this kind have no place for a second text. Name the one column to read with --text-column.`,
  );
}

/** What a victim says of texts. */
export interface AskedRows {
  /** Logits, or the logarithms of its probabilities; of decisions 0 for the label, and less for the others. */
  readonly rows: readonly Logits[];
  /** Texts of which a model that runs here read the beginning alone. */
  readonly truncated: readonly boolean[];
}

/** Texts of a call: bounds what is held, and progress shows. Those that are asked in many copies are fewer. */
const textsAtOnce = { once: 256, inCopies: 16 };

/** Asks about texts once each, in their order. */
export async function askedRows(
  { victim, classifier }: Pick<OpenedVictim, 'victim' | 'classifier'>,
  inputs: readonly VictimInput[],
  p: { readonly signal: AbortSignal; readonly onProgress?: (done: number) => void },
): Promise<AskedRows> {
  const encodings = classifier && inputs.map(classifier.encode);
  const truncated = encodings?.map((one) => one.truncated) ?? inputs.map(() => false);
  const isOnce = victim.freshDraws === undefined; // else it has votes, or noise
  if (classifier !== undefined && isOnce)
    return { rows: await classifier.logitsOf(encodings!, p), truncated };
  const size = isOnce ? textsAtOnce.once : textsAtOnce.inCopies;
  const rows: Logits[] = [];
  for (let start = 0; start < inputs.length; start += size) {
    p.signal.throwIfAborted();
    const answered = await victim.classify(inputs.slice(start, start + size));
    rows.push(...answered.map((row) => logitsOf(row, victim.answers)));
    p.onProgress?.(rows.length);
  }
  return { rows, truncated };
}
