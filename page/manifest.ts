/** A model of the page: a folder of files beside it. */
export interface ModelEntry {
  /** Folder, relative to the page. */
  readonly folder: string;
  readonly files: readonly FileEntry[];
}

/** A file that the page fetches. */
export interface FileEntry {
  readonly name: string;
  readonly bytes: number;
}

/** One of the two classifiers that are attacked side by side. */
export interface ClassifierEntry extends ModelEntry {
  readonly name: string;
}

/** What the page shows, as `build-page.ts` wrote it: `models.json` beside `index.html`. */
export interface Manifest {
  readonly classifiers: readonly ClassifierEntry[];
  /** The masked language model that proposes words. */
  readonly maskedLm: ModelEntry;
  /** WordNet, gzipped. */
  readonly wordnet: FileEntry;
  /** ONNX Runtime as WebAssembly, gzipped. */
  readonly wasm: FileEntry;
  /** Texts to begin with. */
  readonly texts: readonly string[];
}

export const manifestFile = 'models.json';

/** Most characters of a text that the page takes. */
export const mostCharacters = 2000;
