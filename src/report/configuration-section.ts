import { type Html, html, isolated } from './html.ts';
import type { ReportInput, RunConfiguration } from './report-input.ts';

/** What is needed to make every figure again: commands, configurations, versions and hashes of the data. */
export function configurationSection({
  commands,
  configurations,
  versions,
  data,
}: Pick<ReportInput, 'commands' | 'configurations' | 'versions' | 'data'>): Html {
  const versionLines = Object.entries(versions).map(
    ([name, version]) => html`<tr><th scope="row">${name}</th><td>${version}</td></tr>`,
  );
  const dataLines = data.map(
    ({ name, sha256 }) =>
      html`<tr><th scope="row">${isolated(name)}</th><td><code>${sha256}</code></td></tr>`,
  );
  const runs = configurations.map(
    ({ name, command, options }) =>
      html`<details><summary>${isolated(name)}: ${command}</summary><pre>${JSON.stringify(options, null, 2)}</pre></details>`,
  );
  const byCommand = [...new Set(configurations.map(({ command }) => command))].map((command) =>
    differences(
      command,
      configurations.filter((one) => one.command === command),
    ),
  );
  return html`
<section aria-labelledby="configuration">
  <h2 id="configuration">How this was made</h2>
  ${commands.length > 0 ? html`<pre>${commands.join('\n')}</pre>` : undefined}
  ${byCommand}
  ${runs.length > 0 ? html`<h3>All options</h3>${runs}` : undefined}
  ${dataLines.length > 0 ? html`<h3>Data, by SHA-256</h3><table class="plain"><tbody>${dataLines}</tbody></table>` : undefined}
  ${versionLines.length > 0 ? html`<h3>Versions</h3><table class="plain"><tbody>${versionLines}</tbody></table>` : undefined}
</section>`;
}

/** The options that set the runs of one command apart: what a difference in the results may come from. */
function differences(command: string, runs: readonly RunConfiguration[]): Html {
  const names = [...new Set(runs.flatMap(({ options }) => Object.keys(options)))];
  const lines = names
    .filter((name) => name !== 'outputDir')
    .map((name) => ({ name, values: runs.map(({ options }) => shown(options[name])) }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ name, values }) => {
      const cells = values.map((value, i) => html`<td data-head="${runs[i]!.name}">${isolated(value)}</td>`);
      return html`<tr><th scope="row">${isolated(name)}</th>${cells}</tr>`;
    });
  if (lines.length === 0) return html``;
  const heads = runs.map(({ name }) => html`<th scope="col">${isolated(name)}</th>`);
  return html`
  <h3>Options of ${command} that differ</h3>
  <table class="results options"><thead><tr><th scope="col">Option</th>${heads}</tr></thead><tbody>${lines}</tbody></table>`;
}

const shown = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
