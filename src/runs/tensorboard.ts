import { closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs/light.js';
import { messageOf, VdaError } from '../base/error.ts';
import { writeBytes } from '../files/file-bytes.ts';
import { makeFolder } from '../files/make-folder.ts';
import { encodeRecord, scanRecords } from './tf-record.ts';

/**
 * The part of TensorBoard's Event message that scalars need; names and numbers are the format's own
 * (tensorboard 2.21, `compat/proto/event.proto` and `summary.proto`).
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
        sessionLog: { type: 'SessionLog', id: 7 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Value: { fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } } },
    SessionLog: { fields: { status: { type: 'int32', id: 1 } } },
  },
});
const eventType = root.lookupType('Event');

/** SessionLog.SessionStatus.START: what was logged at this step or later is from an abandoned continuation. */
const sessionStart = 1;

/** Writes scalars where TensorBoard finds them. */
export interface EventLog {
  /** Logs values at one step, e.g. `{ 'train/loss': 0.3 }`; the part before the slash groups the charts. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  close(): void;
}

export interface EventLogOptions {
  /** Where the events file lies or is made; made itself when missing. */
  readonly folder: string;
  /** The first step that will be logged, after a resume: TensorBoard then hides what the file has from it on. Default 0. */
  readonly fromStep?: number;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number;
}

/** The events file of a run folder; TensorBoard looks for "tfevents" in the name. */
export const eventFileName = 'events.out.tfevents.vda';

/**
 * Opens the events file of a folder for appending. A record that an earlier process left unfinished is cut off
 * first, since TensorBoard reads nothing after it. Each call of `scalars` is one write, visible at once.
 * @throws VdaError `bad-input` when the file cannot be written, or is there and isn't an events file
 */
export function openEventLog({ folder, fromStep = 0, now = Date.now }: EventLogOptions): EventLog {
  const path = join(folder, eventFileName);
  const guard = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof VdaError) throw cause;
      throw new VdaError('bad-input', `TensorBoard log: cannot write ${path}: ${messageOf(cause)}.`, {
        cause,
      });
    }
  };
  const descriptor = guard(() => {
    makeFolder(folder);
    if (existsSync(path)) dropUnfinishedRecord(path);
    return openSync(path, 'a');
  });
  const write = (event: object) =>
    guard(() =>
      writeBytes(descriptor, encodeRecord(eventType.encode({ wallTime: now() / 1000, ...event }).finish())),
    );

  write({ fileVersion: 'brain.Event:2' });
  if (fromStep > 0) write({ step: fromStep, sessionLog: { status: sessionStart } });
  return {
    scalars: (step, values) => {
      const value = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
      write({ step, summary: { value } });
    },
    close: () => closeSync(descriptor),
  };
}

function dropUnfinishedRecord(path: string): void {
  const file = readFileSync(path);
  const { validBytes } = scanRecords(file);
  if (validBytes === 0 && file.length > 0) {
    throw new VdaError(
      'bad-input',
      `TensorBoard log: ${path} is there but doesn't start with an event record. Move it away to log here.`,
    );
  }
  truncateSync(path, validBytes);
}
