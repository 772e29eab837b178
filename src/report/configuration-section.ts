import { type Html, html, isolated } from './html.ts';
import type { ReportInput } from './report-input.ts';

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
    ({ path, sha256 }) =>
      html`<tr><th scope="row">${isolated(path)}</th><td><code>${sha256}</code></td></tr>`,
  );
  const runs = configurations.map(
    ({ name, resolved }) =>
      html`<details><summary>${isolated(name)}</summary><pre>${JSON.stringify(resolved, null, 2) ?? ''}</pre></details>`,
  );
  return html`
<section aria-labelledby="configuration">
  <h2 id="configuration">How this was made</h2>
  ${commands.length > 0 ? html`<h3>Commands</h3><pre>${commands.join('\n')}</pre>` : undefined}
  ${runs.length > 0 ? html`<h3>Configurations</h3>${runs}` : undefined}
  ${dataLines.length > 0 ? html`<h3>Data, by SHA-256</h3><table class="plain"><tbody>${dataLines}</tbody></table>` : undefined}
  ${versionLines.length > 0 ? html`<h3>Versions</h3><table class="plain"><tbody>${versionLines}</tbody></table>` : undefined}
</section>`;
}
