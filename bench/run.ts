// SPDX-License-Identifier: AGPL-3.0-or-later
// `npm run bench` measures everything that needs a whole Waymark; `npm run bench -- web` one of them. bench/README.md keeps the figures.
import { cpus } from 'node:os';
import { mapData } from './map-data.ts';
import type { Line } from './measure.ts';
import { oneObservation } from './one-observation.ts';
import { web } from './web.ts';
import { openWorld, type World } from './world.ts';

const benches: Readonly<Record<string, (world: World) => Promise<Line[]>>> = {
  'one-observation': oneObservation,
  'map-data': mapData,
  web,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}; and bench/import-rows.ts by itself.`,
  );
  process.exit(2);
}
const world = await openWorld((line) => console.error(`${line} ...`));
try {
  console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}\n`);
  console.log('| What | Figure | Against | Ratio |\n|---|---|---|---|');
  for (const [name, bench] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    for (const { what, figure, against, ratio } of await bench(world)) console.log(`| ${what} | ${figure} | ${against} | ${ratio} |`);
  }
} finally {
  await world.close();
}
