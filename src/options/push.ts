import { z } from 'zod';
import { quotedExcerpt } from '../base/excerpt.ts';
import { path } from './data.ts';
import { type CommandSpec, option } from './spec.ts';
import { summaries } from './summaries.ts';
import { hubToken } from './trainer-options.ts';
import { usageError } from './usage-error.ts';

const group = 'Upload';

const schema = z.strictObject({
  run: option(path(), {
    description: 'Folder of a finished vda train, or of vda average.',
    group,
    value: 'FOLDER',
    knownAs: ['model', 'folder', 'local-path', 'output-dir'],
  }),
  repoId: option(z.string().min(1), {
    description:
      'Repository of the model: your name or an organisation of yours, and its own. Made where it is not there.',
    group,
    value: 'OWNER/NAME',
    knownAs: ['repo', 'hub-model-id', 'model-id', 'repo-name'],
  }),
  private: option(z.boolean().default(false), {
    description:
      "Make the repository private; one that is there must be. By default it is what its owner's settings say.",
    group,
    knownAs: ['hub-private-repo'],
  }),
  revision: option(z.string().min(1).default('main'), {
    description: 'Branch, made from the main one where it is not there.',
    group,
    value: 'BRANCH',
    knownAs: ['branch', 'hub-revision'],
  }),
  commitMessage: option(z.string().min(1).optional(), {
    description: 'First line of the commit. By default it names the run.',
    group,
    value: 'TEXT',
    knownAs: ['message', 'commit-title'],
  }),
  attack: option(z.array(path()).min(1).optional(), {
    description:
      'Folders of vda attack on this model that lie elsewhere, or folders of such: their figures go into the card as well. Those below RUN are found.',
    group: 'Card',
    value: 'DIR',
    knownAs: ['attacks', 'attack-folders'],
  }),
  withTexts: option(z.boolean().default(false), {
    description: "Upload the attacks' results.jsonl too, which hold the attacked texts.",
    group,
    knownAs: ['with-results'],
  }),
  dryRun: option(z.boolean().default(false), {
    description: 'Write the card and list what would be uploaded; ask nothing of the network.',
    group,
  }),
});

/** `vda push`: options, help and rules. */
export const pushSpec: CommandSpec<typeof schema> = {
  name: 'push',
  summary: summaries.push,
  schema,
  positional: 'run',
  details:
    'Finished attacks on the model go into its card, as a table and into the model-index that the hub reads; what a person wrote into the card stays. Uploaded are the model with its tokenizer, onnx/, the card and the records of training and attacks, all in one commit: no checkpoint, no text. Absolute paths in the records are cut to their last part. The token is read from HF_TOKEN, or from the file that `hf auth login` wrote; HF_ENDPOINT names another hub.',
  examples: [
    { what: 'What would be uploaded:', command: 'vda push runs/vda --repo-id me/reviews --dry-run' },
    { what: 'The upload:', command: 'vda push runs/vda --repo-id me/reviews --private' },
  ],
  insteadOf: {
    token: hubToken,
    hubToken,
    endpoint: 'HF_ENDPOINT names another hub.',
    public: 'leave out private: a repository is then what its owner has set, as a rule public.',
  },
  check({ repoId }) {
    const problem = repoProblem(repoId);
    if (problem !== undefined) {
      throw usageError('push', [`--repo-id: expected OWNER/NAME, got ${quotedExcerpt(repoId)}: ${problem}.`]);
    }
  },
};

/** What is wrong with a repository's name; the rules of huggingface_hub's `validate_repo_id`, with an owner. */
function repoProblem(repoId: string): string | undefined {
  const parts = repoId.split('/');
  if (parts.length !== 2) return 'one slash stands between them';
  if (!parts.every((part) => /^[\w.-]+$/.test(part)))
    return 'letters, digits, -, _ and . alone make a name, and none is empty';
  if (parts.some((part) => /^[.-]|[.-]$|--|\.\./.test(part)))
    return 'a name neither begins nor ends with - or ., nor has two of them together';
  if (repoId.length > 96) return `it has ${repoId.length} characters, and 96 is the most`;
  return repoId.endsWith('.git') ? 'a name does not end with .git' : undefined;
}
