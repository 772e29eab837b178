// Writes docs/api, the reference of the library, from the doc comments of what src/index.ts, src/attack.ts and src/inference.ts
// export:
//
//     npm run docs
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readApi } from './api-reference/read-api.ts';
import { renderPages } from './api-reference/render-page.ts';

const folder = 'docs/api';
const pages = renderPages(readApi(process.cwd())); // before the old ones go: sources may not be readable
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const { name, text } of pages) writeFileSync(join(folder, name), text);
