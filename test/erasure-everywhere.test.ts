// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportState } from '../src/places/domain/imports-api.ts';
import { closeMonth, recountPublished, recountRollups } from '../src/risk/server/index.ts';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import type { RequestPage } from '../src/people/domain/request.ts';
import { startApp, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import type { Answer } from './support/client.ts';
import { filesThatHold, rowsThatHold } from './support/everywhere.ts';
import { instrumentsOf } from './support/instruments.ts';

/** Whatever happened to somebody before: once she is erased, nothing anywhere holds her id or her name, and the figures are what a recount says. */
let app: TestApp, basisId: string, now: Date;
/** Of an import, in households of two; each story takes its own. */
let brought: Living[];
beforeAll(async () => {
  now = new Date('2026-09-10T02:00:00Z');
  app = await startApp({ everyRole: true, now: () => now });
  await instrumentsOf(app.db.owner, '2026-06-01T00:00:00Z');
  basisId = await aBasis(app.db.owner);
  brought = await bring();
}, 60_000);
afterAll(() => app?.close());

interface Living {
  readonly personId: string;
  householdId: string;
  readonly regionId: number;
  readonly name: string;
  /** What she is called in the list with which she came; null for whoever was written down by hand. */
  readonly listed: string | null;
  mergedInto: Living | null;
}
const path = ({ regionId, personId }: Living) => `/api/people/${regionId}/${personId}`;
const mali = () => app.as('coordinator');
const today = () => now.toISOString().slice(0, 10);
let named = 0;
/** A name that nobody else has. */
const newName = () => `Xanthippe ${[...String(named++).padStart(4, '0')].map((digit) => 'bdfghklmnp'[Number(digit)]).join('a')}quill`;
const phone = '081 234 5678',
  typedPhone = '812345678';

async function register(members: number): Promise<Living[]> {
  const householdId = uuidv7(),
    them = Array.from({ length: members }, () => ({ personId: uuidv7(), name: newName() }));
  const answer = await (
    await mali()
  ).post<{ regionId: number }>('/api/people', {
    householdId,
    placeId: app.land.eastVillages[0].placeId,
    basisId,
    members: them.map(({ personId, name }, i) => ({
      personId,
      sex: 1 + (i % 2),
      bornOn: '1990-05-17',
      bornPrecision: 3,
      identity: { names: [{ kind: 'official', full: name }], phones: [phone], documents: [] },
      consents: [
        { eventId: uuidv7(), purpose: 'register', act: 'given', byWhom: 'self', way: 'spoken', observedAt: '2026-03-01T03:00:00Z' },
      ],
    })),
  });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return them.map(({ personId, name }) => ({
    personId,
    name,
    householdId,
    regionId: answer.body.regionId,
    listed: null,
    mergedInto: null,
  }));
}

const source = 'Watch group of East Bay';
/** Sends a file as a page does, and waits until it is in. */
async function send(kind: 'people' | 'observations', mapping: string, lines: readonly string[]): Promise<ImportState> {
  const client = await mali();
  const file = { field: 'file', name: 'list.csv', content: `${lines.join('\n')}\n` };
  const sent = await client.upload<{ batchId: string }>('/api/imports', [file], { kind, mapping, dryRun: 'false' });
  expect([sent.status, sent.text]).toEqual([202, sent.text]);
  for (;;) {
    const { body } = await client.get<ImportState>(`/api/imports/${sent.body.batchId}`);
    if (body.state !== 'running') return body;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Twenty households of two, and a row that is refused for its sex. */
async function bring(): Promise<Living[]> {
  const people = Array.from({ length: 40 }, (_, i) => ({ listed: `L${100 + i}`, name: newName(), house: `H${Math.floor(i / 2)}` }));
  const mapping = `kind: people
country: XA
source: ${source}
basis: ${basisId}
place: { columns: [village] }
household: { column: house }
id: { column: no }
sex: { column: sex, map: { f: female, m: male } }
born: { date: { column: born } }
names: [{ full: name, language: en }]
phones: [phone]
documents: [{ kind: national-id, number: document }]
instrument: household-28
observed: { date: "2026-03-01" }
indicators:
  school_attendance: { column: school }
  debt: { column: debt }
`;
  const line = (row: { listed: string; house: string; name: string }, sex: string) =>
    `${row.listed},${row.house},XA1101,${row.name},${sex},1990-05-17,${phone},9 8765 43210,3,3`;
  const state = await send('people', mapping, [
    'no,house,village,name,sex,born,phone,document,school,debt',
    ...people.map((row, i) => line(row, i % 2 ? 'm' : 'f')),
    line({ listed: 'L999', house: 'H999', name: newName() }, 'neither'),
  ]);
  expect(state).toMatchObject({ state: 'done', report: { taken: 40, rejected: 1, people: { new: 40, named: 40 } } });
  const { rows } = await sql<{ personId: string; householdId: string; regionId: number }>`
    select person_id as "personId", household_id as "householdId", region_id as "regionId" from waymark.person`.execute(app.db.owner);
  const keys = rows.map(({ regionId, personId }) => ({ regionId, personId }));
  const { names } = (await (await mali()).post<{ names: { personId: string; name: string }[] }>('/api/people/names', { people: keys }))
    .body;
  return people.map(({ listed, name }) => {
    const { personId } = names.find((each) => each.name === name)!;
    return { ...rows.find((row) => row.personId === personId)!, name, listed, mergedInto: null };
  });
}

async function version(who: Living): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from waymark.person where person_id = ${who.personId}`.execute(
    app.db.owner,
  );
  return rows[0]?.version ?? 0;
}

async function assess(subjectKind: 'person' | 'household', subjectId: string, regionId: number): Promise<Answer> {
  return (await mali()).post('/api/assessments', {
    assessmentId: uuidv7(),
    subjectKind,
    subjectId,
    regionId,
    instrument: 'household-28',
    answers: subjectKind === 'person' ? { school_attendance: 3, stigma_or_past_exploitation: 2 } : { debt: 3 },
    observedAt: now.toISOString(),
  });
}

async function merge(a: Living, b: Living): Promise<Answer> {
  const [first, second] = [a, b].sort((x, y) => (x.personId < y.personId ? -1 : 1)) as [Living, Living];
  const placeId = app.land.eastVillages[0].placeId;
  const { rows } = await sql<{ id: string; version: number }>`
    insert into waymark.duplicate_pair as d (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${first.regionId}, ${first.personId}, ${second.regionId}, ${second.personId}, 12, 0.95, true, '[]', ${placeId}, ${placeId}, '', '')
    on conflict on constraint duplicate_pair_pkey do update set state = 'open', decided_by = null, decided_at = null returning pair_id as id, version`.execute(
    app.db.owner,
  );
  const body = {
    version: rows[0]!.version,
    stays: first === a ? 'a' : 'b',
    take: [],
    versions: { a: await version(first), b: await version(second) },
  };
  const answer = await (await mali()).post(`/api/people/duplicates/${rows[0]!.id}/merge`, body);
  if (answer.status < 300) b.mergedInto = a;
  return answer;
}

async function takeBack(who: Living, all: readonly Living[]): Promise<Answer | null> {
  const { rows } = await sql<{
    id: string;
    region: number;
    person: string;
  }>`select merge_id as id, region_id as region, person_id as person from waymark.person_merge
      where undone_at is null and ${who.personId} in (person_id::text, other_id::text) order by nth desc limit 1`.execute(app.db.owner);
  const [last] = rows;
  if (!last) return null;
  const answer = await (await mali()).post(`/api/people/${last.region}/${last.person}/merges/${last.id}/take-back`);
  if (answer.status < 300) for (const each of all) if (each === who || each.mergedInto === who) each.mergedInto = null;
  return answer;
}

/** She agrees to be shared with Safe Harbour, and is referred. */
async function refer(who: Living): Promise<Answer> {
  const client = await mali();
  const { rows } = await sql<{ id: string }>`select organisation_id as id from waymark.organisation`.execute(app.db.owner);
  const word = { eventId: uuidv7(), purpose: 'share', act: 'given', byWhom: 'self', way: 'spoken', observedAt: now.toISOString() };
  const agreed = await client.post(`${path(who)}/consents`, word);
  return agreed.status >= 300 ? agreed : client.post(`${path(who)}/assignments`, { assignmentId: uuidv7(), organisationId: rows[0]!.id });
}

const asks =
  (kind: string, more: object = {}) =>
  async (who: Living) =>
    (await mali()).post(`${path(who)}/requests`, { requestId: uuidv7(), kind, byWhom: 'self', saidOn: today(), ...more });

async function moved(who: Living, to: { placeId: string; householdId: string | null }): Promise<Answer> {
  return (await mali()).post(`${path(who)}/move`, { ...to, onDate: today(), version: await version(who) });
}

type Happening = (who: Living, other: Living | undefined, all: readonly Living[]) => Promise<Answer | null>;

/** One thing that happens to somebody; null where there is nothing to which it could happen. */
const happenings: Readonly<Record<string, Happening>> = {
  visit: (who) => assess('person', who.personId, who.regionId),
  'home-visit': (who) => assess('household', who.householdId, who.regionId),
  care: async (who) => (await mali()).post(`${path(who)}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker }),
  account: async (who) => {
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      select ${who.regionId}, ${uuidv7()}, ${who.personId}, 'self', ${app.accountIds.watch_volunteer}, 'set-up'`.execute(app.db.owner);
    return (await mali()).get(path(who));
  },
  refer,
  access: asks('access'),
  complaint: asks('complaint'),
  correction: asks('correction', { about: 'birth' }),
  correct: async (who) => (await mali()).patch(path(who), { sex: 1, version: await version(who) }),
  rename: async (who) => {
    const client = await mali();
    const known = await client.get<{ version: number; numbersWithheld?: boolean }>(`${path(who)}/identity`);
    const identity = { names: [{ kind: 'official', full: who.name }], phones: [phone], documents: [] };
    if (known.status >= 300) return known;
    const { version, numbersWithheld } = known.body;
    return client.send('PUT', `${path(who)}/identity`, { identity, basedOn: version, numbersWithheld: numbersWithheld ?? false });
  },
  read: async (who) => (await mali()).get(`${path(who)}/identity`),
  print: async (who) => (await mali()).get(`${path(who)}/printout.csv`),
  search: async (who) => (await mali()).post('/api/people/search', { text: who.name }),
  'visit-list': async ({ regionId, personId }) =>
    (await mali()).post('/api/people/visit-list', { people: [{ regionId, personId }], names: true }),
  move: (who) => moved(who, { placeId: app.land.eastVillages[1].placeId, householdId: null }),
  apart: async (who, other) => (other ? moved(who, { placeId: app.land.eastVillages[0].placeId, householdId: other.householdId }) : null),
  merge: async (who, other) => (other && who.mergedInto === null ? merge(other, who) : null),
  unmerge: (who, _other, all) => takeBack(who, all),
  objection: asks('objection'),
  die: async (who) => (await mali()).post(`${path(who)}/state`, { state: 'died', onDate: today(), version: await version(who) }),
};

/** What an answer may refuse where something stands in the way: to whoever died or was joined to another, or objects. */
const refusals = ['changed-meanwhile', 'bad-input', 'outside-your-area', 'restricted'];
const done: Record<string, number> = {};

async function inTheWay(...who: readonly (Living | undefined)[]): Promise<boolean> {
  const ids = who.flatMap((each) => (each ? [each.personId] : []));
  const { rows } = await sql`select from waymark.person
    where person_id = any (${ids}::uuid[]) and (state <> 1 or restricted_at is not null)`.execute(app.db.owner);
  return rows.length > 0;
}

/** Whether it happened. Nobody is refused anything in silence: only where the rules say so, and in their words. */
async function happens(what: string, who: Living, all: readonly Living[]): Promise<boolean> {
  const other = all.find((each) => each !== who && each.mergedInto === null);
  const stopped = await inTheWay(who, other);
  const answer = await happenings[what]!(who, other, all);
  if (answer === null) return false;
  const code = (answer.body as { type?: string } | null)?.type?.replace('/problems/', '') ?? '';
  if (answer.status < 300) done[what] = (done[what] ?? 0) + 1;
  else expect([what, stopped, refusals, answer.text]).toEqual([what, true, expect.arrayContaining([code]), answer.text]);
  return answer.status < 300;
}

/** Erased as Kanya erases: by a request, with the number of the record. */
async function erase(her: Living): Promise<void> {
  // Asked where her record is kept, if it was joined with another.
  let who = her;
  while (who.mergedInto) who = who.mergedInto;
  const asked = await asks('erasure', { saidOn: '2026-09-01' })(who);
  expect([asked.status, asked.text]).toEqual([201, asked.text]);
  const kanya = await app.as('data_protection_officer');
  const queue = await kanya.get<RequestPage>('/api/data-protection/requests?kind=erasure&limit=200');
  const request = queue.body.rows.find(({ personId }) => personId === who.personId)!;
  const gone = await kanya.post(`/api/data-protection/requests/${request.regionId}/${request.requestId}/erase`, {
    version: request.version,
    number: recordNumber(who.personId),
  });
  expect([gone.status, gone.text]).toEqual([200, gone.text]);
}

/** Erases her with every record joined to hers, and looks for ids, numbers and names in every table, in every file and in the log. */
async function expectForgotten(her: Living, all: readonly Living[]): Promise<void> {
  const { rows: joined } = await sql<{
    id: string;
  }>`select o.person_id as id from waymark.records_of_one(${her.regionId}, ${her.personId}) o`.execute(app.db.owner);
  // As far as those of an import are compared, or have to be.
  await sql`insert into waymark.duplicate_sweep (region_id, sweep_id, after, until) values (${her.regionId}, ${uuidv7()}, ${her.personId}, ${uuidv7()}),
    (${her.regionId}, ${uuidv7()}, ${'00000000-0000-0000-0000-000000000000'}, ${her.personId})`.execute(app.db.owner);
  await erase(her);
  const folders = [app.folder, dirname(app.keyFile)];
  for (const { id } of joined) {
    const { name, listed } = all.find(({ personId }) => personId === id)!;
    // What a list called her stays as a digest, which keeps a later one from bringing her back.
    const ledger = ['audit_entry', 'erasure', ...(listed === null ? [] : ['erasure_source'])];
    expect((await rowsThatHold(app.db.owner, id)).filter((table) => table !== 'identity_read')).toEqual(ledger);
    expect(folders.flatMap((folder) => filesThatHold(folder, id)).sort()).toEqual(['erasures.log', 'waymark.key.erasures']);
    expect(app.logLines.join('\n')).not.toContain(id);
    expect([name, await rowsThatHold(app.db.owner, name)]).toEqual([name, []]);
    expect([name, folders.flatMap((folder) => filesThatHold(folder, name))]).toEqual([name, []]);
    expect(app.logLines.join('\n')).not.toContain(name);
  }
  expect(await recountRollups(app.db.owner)).toEqual([]);
  const { rows: lonely } = await sql`select 1 from waymark.household h where not exists (select from waymark.person p
    where p.region_id = h.region_id and p.household_id = h.household_id) and not exists (select from waymark.person_event e
    where h.household_id::text in (e.before->>'householdId', e.after->>'householdId'))`.execute(app.db.owner);
  expect(lonely).toEqual([]);
}
const published = async () => (await sql`select * from waymark.published_figure order by 1, 2, 3`.execute(app.db.owner)).rows;

describe('an import of people', () => {
  it('leaves who they are in the vault and nowhere else: in no table, no file that was sent, no list of what was refused, no line of the log', async () => {
    // What is looked for is found where it stands: whose list it is may be known.
    expect(await rowsThatHold(app.db.owner, source.toUpperCase())).toContain('import_batch');
    for (const what of [brought[0]!.name, 'Xanthippe', 'quill', phone, typedPhone, '9 8765 43210', '9876543210']) {
      expect([what, await rowsThatHold(app.db.owner, what)]).toEqual([what, []]);
      expect([what, filesThatHold(app.folder, what)]).toEqual([what, []]);
      expect([what, app.logLines.filter((line) => line.includes(what))]).toEqual([what, []]);
    }
    // What was uploaded is taken away a moment after the answer.
    await expect.poll(() => [...readdirSync(join(app.folder, 'imports')), ...readdirSync(join(app.folder, 'uploads'))].length).toBe(1);
    const left = readdirSync(join(app.folder, 'imports'));
    expect(left).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.rejected\.csv$/)]);
    expect(readFileSync(join(app.folder, 'imports', left[0]!), 'utf8')).toContain('sex');
    expect(readdirSync(join(app.folder, 'uploads'))).toEqual([]);
  });
});

describe('erasing somebody', () => {
  it.each(['written down by hand', 'who came with an import'])(
    '%s, to whom everything happened, leaves nothing of her',
    async (how) => {
      const all = [...(how === 'who came with an import' ? brought.splice(0, 2) : await register(2)), ...(await register(2))];
      const her = all[0]!;
      if (her.listed !== null) {
        const mapping = `kind: observations\nsource: ${source}\nid: { column: no }\ninstrument: household-28\nobserved: { date: "2026-08-01" }\nindicators:\n  school_attendance: { column: school }\n`;
        expect(await send('observations', mapping, ['no,school', `${her.listed},2`])).toMatchObject({
          state: 'done',
          report: { taken: 1 },
        });
      }
      for (const what of Object.keys(happenings)) expect([what, await happens(what, her, all)]).toEqual([what, true]);
      await expectForgotten(her, all);
    },
    60_000,
  );

  it('leaves no row that holds her id but the ledger and the record of use, whatever happened to her before', async () => {
    const story = fc.array(fc.tuple(fc.constantFrom(...Object.keys(happenings)), fc.nat(3)), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(story, fc.nat(3), fc.integer({ min: 1, max: 2 }), fc.boolean(), async (steps, chosen, size, listed) => {
        const all = [...(listed ? brought.splice(0, 2) : await register(size)), ...(await register(2))];
        for (const [what, n] of steps) await happens(what, all[n % all.length]!, all);
        await expectForgotten(all[chosen % all.length]!, all);
      }),
      { numRuns: 6, endOnFailure: true },
    );
    // Each happened, in one story or another: what is refused each time tests nothing.
    expect(Object.keys(happenings).filter((what) => !done[what])).toEqual([]);
  }, 120_000);

  it('lowers small cells of closed months and leaves larger ones and everything published as they were', async () => {
    const many = [...(await register(9)), ...(await register(9)), ...(await register(9))];
    const few = await register(1);
    await (await mali()).patch(path(few[0]!), { bornOn: '2015-01-01', version: await version(few[0]!) });
    await app.db.jobs.transaction().execute((tx) => closeMonth(tx, '2026-09-30'));
    const before = await published();
    const cells = async () =>
      (
        await sql<{
          place: string;
          age: number;
          sex: number;
          n: number;
        }>`select p.name as place, m.age_group as age, m.sex, sum(m.n)::int as n
          from waymark.rollup_month m join waymark.place p using (place_id) where m.month_end = '2026-09-30' group by 1, 2, 3`.execute(
          app.db.owner,
        )
      ).rows;
    const at = (rows: { place: string; age: number; sex: number; n: number }[], age: number, sex: number) =>
      rows.find((row) => row.place === app.land.eastVillages[0].name && row.age === age && row.sex === sex)?.n ?? 0;
    const was = await cells();
    now = new Date('2026-10-05T02:00:00Z');
    await erase(few[0]!);
    await erase(many[0]!);
    const is = await cells();
    expect([at(was, 2, 1), at(is, 2, 1)]).toEqual([1, 0]);
    expect(at(is, 6, 1)).toBe(at(was, 6, 1));
    expect(await published()).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
    expect(await recountPublished(app.db.owner)).toEqual([]);
    expect(await recountRollups(app.db.owner)).toEqual([]);
  }, 60_000);
});
