// Writes the golden files anew and removes those whose fixture is gone: `npm run golden:update`, then review the diff.

import { rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fixtureFiles, goldenNames, goldenPath, goldenText } from './golden-files.js';
import { goldenReplay, goldenReplayPath } from './replay-golden.js';

const fixtures = fixtureFiles();
const wanted = new Set(fixtures.map((fixture) => basename(goldenPath(fixture))));
for (const fixture of fixtures) writeFileSync(goldenPath(fixture), await goldenText(fixture));
for (const name of goldenNames()) if (!wanted.has(name)) rmSync(join(dirname(goldenPath('x')), name));
for (const name of ['lab', 'made'] as const) writeFileSync(goldenReplayPath(name), await goldenReplay(name));
console.log(`${fixtures.length + 2} golden files written`);
