/**
 * May this tag be published? It must name the version in package.json, and CHANGELOG.md must have that version, dated, above all
 * others.
 *
 *     node scripts/check-release.mjs [--dist-tag] v1.2.3
 *
 * Says what it would be published as; with --dist-tag only npm's name for it: `latest`, or `next` for a version before a release
 * (v1.3.0-rc.1). Exits with 1 and says what is wrong where it may not be.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dist-tag': { type: 'boolean', default: false } },
});
const [tag = ''] = positionals;
const read = (name) => readFileSync(name, 'utf8'); // of the folder it is called in, the repository
const { name, version } = JSON.parse(read('package.json'));
const [, newest] = /^## \[(\d[^\]]*)\] - \d{4}-\d{2}-\d{2}$/m.exec(read('CHANGELOG.md')) ?? [];

const problem =
  tag !== `v${version}`
    ? `the tag is ${tag || 'missing'}, the version in package.json ${version}: expected v${version}`
    : newest !== version
      ? `the newest dated version in CHANGELOG.md is ${newest ?? 'none'}: expected "## [${version}] - YYYY-MM-DD" below "## [Unreleased]"`
      : undefined;
const distTag = version.includes('-') ? 'next' : 'latest';
if (problem === undefined)
  process.stdout.write(values['dist-tag'] ? `${distTag}\n` : `${name} ${version} as ${distTag}\n`);
else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
