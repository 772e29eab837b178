/** A text that an attack has made, from whatever file; of a pair the second text is the attacked one. */
export interface AdversarialText {
  readonly id: number;
  /** 1-based line of the file, or the place in its list. */
  readonly line: number;
  /** The true class, as the file has it. */
  readonly label: string;
  /** The original; the adversarial text itself where `adversarial` is not there. */
  readonly text: string;
  readonly textPair?: string;
  readonly adversarial?: string;
}

/** Adversarial texts of one file. */
export interface AdversarialTexts {
  readonly texts: readonly AdversarialText[];
  /** What the numbers of their labels mean, where whoever made the file says so. */
  readonly labels?: readonly string[] | undefined;
  readonly remarks: readonly string[];
}
