import { createDownload, fetchManifest } from './download.ts';
import { type Client, startClient } from './engine/client.ts';
import type { Reading } from './engine/messages.ts';
import type { ClassifierEntry, Manifest } from './manifest.ts';
import { messageOf } from './message-of.ts';
import { byId, element, fill } from './view/dom.ts';
import { createForm } from './view/form.ts';
import { createLane, type Lane } from './view/lane.ts';

/** A classifier on the page: its card, and the worker that asks it. */
interface Model {
  readonly entry: ClassifierEntry;
  readonly lane: Lane;
  readonly client: Client;
  labels: readonly string[];
}

const status = byId('status');
const form = createForm();

void start();

/** Loads everything; on trouble says what, and offers to try again. */
async function start(): Promise<void> {
  byId('not-started').hidden = true;
  byId('problem').hidden = true;
  let models: readonly Model[] = [];
  try {
    const manifest = await fetchManifest();
    models = manifest.classifiers.map((entry, id) => ({
      ...{ entry, lane: createLane({ id, name: entry.name }), client: startClient(), labels: [] },
    }));
    fill(byId('lanes'), ...models.map(({ lane }) => lane.element));
    await load(manifest, models);
  } catch (thrown) {
    restart(models)(thrown);
  }
}

/** What to do about an error that leaves the models useless: says so, and offers to load them anew. */
const restart =
  (models: readonly Model[]) =>
  (thrown: unknown): void => {
    for (const { client } of models) client.close();
    showProblem(messageOf(thrown));
  };

/** Classifiers first, so that they answer while the rest is on its way. */
async function load(manifest: Manifest, models: readonly Model[]): Promise<void> {
  const { classifiers, maskedLm, wordnet, wasm } = manifest;
  const files = [...classifiers, maskedLm].flatMap((model) => model.files);
  const total = [...files, wordnet, wasm].reduce((sum, { bytes }) => sum + bytes, 0);
  const download = createDownload((bytes) => showProgress(bytes, total));
  showProgress(0, total);

  const runtime = await download.file(wasm);
  await Promise.all(
    models.map(async (model) => {
      const own = await download.model(model.entry);
      model.labels = (await model.client.ask('open', { wasm: runtime, files: own })).labels;
    }),
  );
  form.show({ texts: manifest.texts, labels: models[0]?.labels ?? [] });
  form.onText((text) => void readAll(models, text).catch(restart(models)));
  await readAll(models, form.text());

  const equipment = { maskedLm: await download.model(maskedLm), wordnet: await download.file(wordnet) };
  await Promise.all(models.map(({ client }) => client.ask('equip', equipment)));
  byId('loading').hidden = true;
  form.onAttack({
    attack: () => attackAll(models).catch(restart(models)),
    stop: () => {
      for (const { client } of models) client.stop();
    },
  });
  status.textContent = 'Ready.';
}

let reading = 0;

/** Shows what each model says of a text; an answer that comes after the next text is dropped. */
async function readAll(models: readonly Model[], text: string): Promise<readonly (Reading | undefined)[]> {
  const own = ++reading;
  const answers = await Promise.all(
    models.map(({ client }) => (text.trim() === '' ? undefined : client.ask('read', { text }))),
  );
  if (own !== reading) return answers;
  models.forEach(({ lane, labels }, i) => {
    const answer = answers[i];
    if (answer === undefined) lane.clear();
    else lane.showReading(text, { labels, reading: answer });
  });
  return answers;
}

/** Attacks the text on every model at once; one that fails says so and leaves the others alone. */
async function attackAll(models: readonly Model[]): Promise<void> {
  const job = form.job();
  if (job === undefined) return;
  const readings = await readAll(models, job.text);
  byId('legend').hidden = false;
  status.textContent = 'The attack is under way.';
  const endings = await Promise.all(
    models.map(async ({ entry, lane, client }, i) => {
      try {
        const { probabilities } = readings[i]!;
        const own = job.label ?? probabilities.indexOf(Math.max(...probabilities));
        lane.begin(own);
        const onSteps = lane.take;
        const { record, stopped } = await client.ask('attack', { job: { ...job, label: own }, onSteps });
        return `${entry.name}: ${lane.end(record, { stopped }).headline}.`;
      } catch (thrown) {
        lane.fail(`${messageOf(thrown)} Reload the page to go on; your text is kept.`);
        return `${entry.name}: the attack failed.`;
      }
    }),
  );
  status.textContent = endings.join(' ');
}

function showProgress(bytes: number, total: number): void {
  const megabytes = (count: number) => (count / 1e6).toFixed(1);
  byId('loading').hidden = false;
  byId('loading-text').textContent =
    `Loading the models: ${megabytes(Math.min(bytes, total))} of ${megabytes(total)} MB`;
  byId<HTMLProgressElement>('progress').value = Math.min(1, bytes / total);
}

function showProblem(message: string): void {
  byId('loading').hidden = true;
  const again = element('button', { type: 'button', children: ['Try again'] });
  again.addEventListener('click', () => void start());
  const problem = byId('problem');
  problem.hidden = false;
  fill(problem, element('p', { children: [message] }), again);
}
