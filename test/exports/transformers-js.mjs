// Asks transformers.js about texts, and prints its probabilities: node transformers-js.mjs PACKAGE FOLDER < asked.json
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packageFolder, folder] = process.argv.slice(2);
const { pipeline, env } = await import(pathToFileURL(`${packageFolder}/dist/transformers.node.mjs`).href);
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);
let input = '';
for await (const chunk of process.stdin) input += chunk;
const { texts, dtypes } = JSON.parse(input);
const said = {};
for (const dtype of dtypes) {
  const classify = await pipeline('text-classification', basename(folder), { dtype });
  said[dtype] = [];
  for (const text of texts) said[dtype].push(await classify(text, { top_k: null })); // one at a time, as attacks ask
}
process.stdout.write(JSON.stringify(said));
