// SPDX-License-Identifier: AGPL-3.0-or-later
// `node bench/register.ts [people ...]`, such as `node bench/register.ts 100000 500000 2000000`: lists, a person, the ranking and the profile of places
// as somebody waits for them, what the list costs whoever saves an answer, answers that arrive many a second, and one about everybody; each size is added to the one before.
import { cpus } from 'node:os';
import { sql } from 'kysely';
import { households, lists, writes } from './people-list.ts';
import { placeAnswer } from './place-answer.ts';
import { reads } from './register-reads.ts';
import { openRegisterWorld } from './register-world.ts';
import { underLoad } from './under-load.ts';

const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(100_000, 500_000, 2_000_000);
const world = await openRegisterWorld();
try {
  console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, ${cpus()[0]?.model ?? ''}\n`);
  console.log('| People | What | p50 | p95 | p99 |\n|---|---|---|---|---|');
  const server = await world.serve();
  let there = 0;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    const from = performance.now();
    await world.settle(Math.round((size - there) / 10_000));
    console.error(`${size} people after ${Math.round((performance.now() - from) / 1000)} s`);
    there = size;
    await lists(world, size);
    await households(world, size);
    await writes(world, size);
    await reads(server.client, world, size);
    await underLoad(server.client, world, size, [50, 100, 200]);
    await placeAnswer(server.client, world, size);
  }
  await server.close();
  const { rows } = await sql<{
    name: string;
    mb: number;
  }>`select relname as name, pg_relation_size(oid) / 1000000 as mb from pg_class where relname like 'listing%' or relname like 'household_listing%' or relname = 'standing' order by 1`.execute(
    world.owner,
  );
  console.log(rows.map(({ name, mb }) => `${name} ${mb} MB`).join(', '));
} finally {
  await world.close();
}
