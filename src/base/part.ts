/**
 * A part of what decides a result, known by what it is and what it read, never by a path. Parts of parts make the
 * identity of a training, an attack or a model (`runs/identity.ts`).
 */
export interface Part {
  readonly id: string;
  /** One more with each change of what the part does to a result. Absent where `content` says everything. */
  readonly version?: number;
  /** How it is set, as JSON; `undefined` counts as absent. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** SHA-256 of what it read: one, or several by name. */
  readonly content?: string | Readonly<Record<string, string>>;
  /** What it is made of, by role. */
  readonly parts?: Parts;
}

/** Parts that another consists of, by their role in it. */
export type Parts = Readonly<Record<string, Part | readonly Part[] | undefined>>;
