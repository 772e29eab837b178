/**
 * What to do after the demo, with files of one's own: ask and attack its model, train one on them, attack that.
 * @param p.model the embedded model
 * @param p.trained the demo's robust classifier
 * @param p.folder what the user's is called
 * @returns arguments after `vda`, a command each
 */
export function nextCommands(p: {
  readonly model: string;
  readonly trained: string;
  readonly folder: string;
  readonly method: readonly string[];
}): readonly (readonly string[])[] {
  const own = `runs/${p.folder}`;
  return [
    ['predict', 'A film that stays with you.', '--model', p.trained],
    [
      ...['attack', '--recipe', 'deepwordbug', '--model', p.trained],
      ...['--test-file', 'test.csv', '--output-dir', 'runs/demo-attack'],
    ],
    ['train', '--model', p.model, '--train-file', 'train.csv', '--output-dir', own, ...p.method],
    [
      ...['attack', '--model', own, '--mlm', p.model],
      ...['--test-file', 'test.csv', '--output-dir', `${own}-attack`],
    ],
  ];
}
