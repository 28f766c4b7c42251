// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recount, recountLists } from '../../src/risk/server/index.ts';
import { ill, Killable, until } from './killable.ts';
import { Registering } from './registering.ts';
import { root, run, type Run } from './support.ts';

/**
 * Versions of a questionnaire that a few thousand people were asked by, published at the command line and killed at many moments: the command, the
 * database, both, and the server beside it; each second time while phones write. Then everybody is scored by the version before, or everybody by the
 * new one, and publishing again publishes.
 */
const people = 4000;
const at = new Killable(4392);
const file = join(at.folder, 'next.yaml');
let phones: Registering;
/** From when it has said what would change until it is published; undisturbed. */
let takes = 0;

beforeAll(async () => {
  await at.begin();
  phones = await Registering.prepare(at, at.address, { crowd: people });
  writeNext(2, (await exported()).replace(/(code: school_attendance[^]*?)weight: 1/, '$1weight: 2'));
});
afterAll(() => at.end());

/** Without the launcher, so that a kill meets the program itself. */
const bare = (...args: string[]): Run =>
  run(process.execPath, [join(root, 'src', 'app', 'cli.ts'), 'instrument', ...args, '--data', at.data], { env: { WAYMARK_ROOT: root } });
const publish = (): Run => bare('publish', file);

async function exported(): Promise<string> {
  const exporting = bare('export', 'household-28', file);
  expect([await exporting.ended, exporting.lines.join('\n')]).toEqual([0, expect.stringContaining('published as version')]);
  return readFileSync(file, 'utf8');
}
const writeNext = (version: number, text: string): void => writeFileSync(file, text.replace(/^version: \d+$/m, `version: ${version}`));
/** The same with another weight, so that everybody who was asked stands otherwise. */
function makeNext(version: number): void {
  const text = readFileSync(file, 'utf8');
  writeNext(
    version,
    text.replace(/(code: school_attendance[^]*?weight: )(\d)/, (_, before: string, is: string) => before + (is === '2' ? '3' : '2')),
  );
}

interface Kept {
  readonly live: number[];
  readonly under: number[];
  readonly noted: number[];
}
/** Which version is in use, by which people are scored, and which the record of use tells of. */
const kept = (): Promise<Kept> =>
  at.owner(async (db) => {
    const { rows } = await sql<Kept>`
      select array(select version from waymark.instrument where code = 'household-28' and state = 'live') as live,
        array(select distinct instrument_version from waymark.standing where instrument_code = 'household-28') as under,
        array(select (detail->>'version')::int from waymark.audit_entry where action = 'instruments.publish' order by 1) as noted`.execute(
      db,
    );
    return rows[0]!;
  });

/** Publishes to the end, and answers with what it said last. */
async function published(): Promise<string> {
  const publishing = publish();
  expect([await publishing.ended, publishing.lines.join('\n')]).toEqual([0, expect.any(String)]);
  return publishing.lines.at(-1) ?? '';
}

/** `version` is in use and nothing of another is anywhere; every version that was published is told of once. */
async function expectAll(version: number): Promise<void> {
  const differences = () => at.owner(async (db) => [...(await recount(db)), ...(await recountLists(db))]);
  await until(async () => (await differences()).length === 0, 60_000, 500).catch(() => {});
  expect(await differences()).toEqual([]);
  const versions = Array.from({ length: version - 1 }, (_, i) => i + 2);
  expect(await kept()).toEqual({ live: [version], under: [version], noted: versions });
}

const killed = ['the command', 'the database', 'both at once', 'the server beside it'] as const;

async function kill(victim: (typeof killed)[number], publishing: Run): Promise<void> {
  if (victim === 'the command' || victim === 'both at once') publishing.child.kill('SIGKILL');
  if (victim === 'the database' || victim === 'both at once') await at.kill('the database');
  if (victim === 'the server beside it') await at.kill('the application');
  await publishing.ended;
}

describe(`A version for ${people.toLocaleString('en')} people, killed while it is published`, () => {
  let version = 1;

  it('is published where nobody disturbs it', async () => {
    const publishing = publish();
    await publishing.waitFor('Scored by it');
    const from = performance.now();
    expect([await publishing.ended, publishing.lines.at(-1)]).toEqual([0, expect.stringContaining('Published: version 2')]);
    takes = performance.now() - from;
    version = 2;
    await expectAll(version);
    // The answers of the crowd count, so that another weight makes other scores.
    expect(publishing.lines.join()).toContain(`${people} people with answers that count now`);
  }, 300_000);

  for (const victim of killed)
    it(`${victim}: everybody stands by the version before, or everybody by the new one, and publishing again publishes`, async () => {
      for (const [nth, share] of [0, 0.5, 0.9].entries()) {
        const next = version + 1;
        makeNext(next);
        if (nth % 2 === 1) phones.begin();
        const publishing = publish();
        await publishing.waitFor('Scored by it');
        await sleep(share * takes);
        await kill(victim, publishing);
        const said = publishing.lines.filter((line) => !line.endsWith('%')).at(-1) ?? '';
        expect(said).toMatch(/^(Scored by it|Published|The database does not answer)/);
        await until(at.healthy, 120_000);
        if (nth % 2 === 1) expect(await phones.stop()).toBeNull();
        // What the database still had of it in hand is over: nobody else may publish until then.
        const isThere = (await kept()).live[0] === next;
        if (publishing.child.exitCode === 0) expect([said, isThere]).toEqual([expect.stringContaining(`Published: version ${next}`), true]);
        await expectAll(isThere ? next : version);
        expect(await published()).toContain(isThere ? 'is published already' : `Published: version ${next}`);
        version = next;
        await expectAll(version);
        console.log(
          `${victim}, at ${Math.round(share * 100)} % of its way${nth % 2 === 1 ? ', while phones write' : ''}: ${isThere ? 'the new version' : 'the version before'} for everybody; it had said: ${said}`,
        );
      }
      expect(ill(await at.doctor('--full'))).toEqual([]);
    }, 900_000);

  it('what the phones wrote meanwhile is there once', () => phones.expectAllThereOnce(at), 300_000);
});
