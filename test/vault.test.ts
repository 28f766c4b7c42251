// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everybody, startApp, type PersonName, type TestApp } from './support/app.ts';
import { findActor } from '../src/access/server/index.ts';
import { writeAudit } from '../src/audit/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { aPerson } from '../src/people/builders.ts';
import heldBack from '../src/people/domain/name-held-back.json' with { type: 'json' };
import type { Identity } from '../src/people/domain/identity.ts';
import type { Person } from '../src/people/domain/person.ts';
import {
  destroyIdentities,
  getIdentities,
  insertPeople,
  MasterKey,
  putIdentities,
  searchByName,
  Vault,
  type WriteDown,
} from '../src/people/server/index.ts';
import { madeRegister } from './support/made-register.ts';

let app: TestApp, vault: Vault;
/** Two villages of East Bay, one of West Ridge. */
let sokha: Person, dara: Person, bopha: Person;
const named = (full: string, more: Partial<Identity> = {}): Identity => ({
  names: [{ kind: 'official', full }],
  phones: [],
  documents: [],
  ...more,
});

/** Somebody with her own rights, and what the record of use then says she did. */
async function as<T>(name: PersonName, fn: (tx: Tx, writeDown: WriteDown) => Promise<T>): Promise<T> {
  const actor = await findActor(app.access, app.accountIds[name]);
  if (!actor) throw new Error(`${name} is nobody`);
  return withActor(app.db.app, actor, (tx) => fn(tx, (entry) => writeAudit(tx, actor.accountId, entry, uuidv7)));
}
const lastEntry = async () =>
  (
    await sql<{ action: string; subject: string | null; detail: { people?: string[] }; actor: string }>`
    select action, subject, detail, actor_id as actor from waymark.audit_entry order by at desc, entry_id desc limit 1`.execute(
      app.db.owner,
    )
  ).rows[0];
const countCodes = async () =>
  (await sql<{ n: number }>`select coalesce(sum(cardinality(codes)), 0)::integer as n from waymark.identity`.execute(app.db.owner)).rows[0]!
    .n;
const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*) as n from waymark.${sql.raw(table)}`.execute(app.db.owner)).rows[0]?.n;
const find = (name: PersonName, text: string, placeId: string | null = null) =>
  as(name, async (tx, writeDown) => (await searchByName(tx, vault, { text, placeId, limit: 10 }, writeDown)).map((hit) => hit.personId));

beforeAll(async () => {
  app = await startApp({ everyRole: true });
  const { eastVillages, westVillages } = app.land;
  [sokha, dara, bopha] = [eastVillages[0], eastVillages[1], westVillages[0]].map((place, i) =>
    aPerson({ placeId: place.placeId, regionId: place.regionId }, i),
  ) as [Person, Person, Person];
  await app.db.owner.transaction().execute((tx) => insertPeople(tx, [sokha, dara, bopha]));
  vault = await app.server.vault.open();
  await as('coordinator', (tx) =>
    putIdentities(tx, vault, [
      { ...sokha, identity: named('Chan Sokha', { phones: ['+85512345678'] }), basedOn: 0 },
      { ...dara, identity: named('Chan Dara', { documents: [{ kind: 'national-id', number: 'K 12-345/678' }] }), basedOn: 0 },
      { ...bopha, identity: named('Keat Bopha'), basedOn: 0 },
    ]),
  );
});
afterAll(() => app?.close());

describe('who people are', () => {
  it('is read by those in whose area they live, each time on record', async () => {
    const seen = await as('district_officer', (tx, down) => getIdentities(tx, vault, [sokha, bopha, dara], down));
    expect(seen.map(({ identity, version }) => [identity.names[0]?.full, version])).toEqual([
      ['Chan Sokha', 1],
      ['Chan Dara', 1],
    ]);
    // She asked for Bopha as well, who lives elsewhere: that is on record too.
    expect(await lastEntry()).toMatchObject({
      action: 'identity.list',
      actor: app.accountIds.district_officer,
      detail: { people: [sokha.personId, bopha.personId, dara.personId] },
    });
    await as('other_district_officer', (tx, down) => getIdentities(tx, vault, [bopha], down));
    expect(await lastEntry()).toMatchObject({ action: 'identity.read', subject: bopha.personId });
  });

  it('is not read when it cannot be put on record', async () => {
    const reading = as('coordinator', (tx) => getIdentities(tx, vault, [sokha], () => Promise.reject(new Error('the record is full'))));
    await expect(reading).rejects.toThrow('the record is full');
  });

  it('is nothing for everybody else, neither through the doors nor in plain SQL', async () => {
    const others: PersonName[] = ['administrator', 'analyst', 'data_protection_officer', 'programme_manager', 'law_enforcement'];
    for (const name of others.filter((each) => each in everybody)) {
      expect(await as(name, (tx, down) => getIdentities(tx, vault, [sokha, dara], down)), name).toEqual([]);
      for (const table of ['identity', 'identity_key'])
        expect((await as(name, (tx) => sql`select 1 from waymark.${sql.raw(table)}`.execute(tx))).rows, name).toEqual([]);
      await expect(find(name, 'Sokha'), name).rejects.toMatchObject({ code: 'outside-your-area' });
    }
    await expect(as('coordinator', (tx) => sql`select 1 from waymark.vault_key`.execute(tx))).rejects.toMatchObject({ code: '42501' });
  });

  it('is read by her case worker and the organisation she was referred to, as long as that holds', async () => {
    const assign = (kind: string, to: { account?: string; organisation?: string }) =>
      sql`
      insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, given_by)
      values (${bopha.regionId}, ${uuidv7()}, ${bopha.personId}, ${kind}, ${to.account ?? null}, ${to.organisation ?? null}, 'test')`.execute(
        app.db.owner,
      );
    expect(await find('case_worker', 'Bopha')).toEqual([]);
    await assign('case_worker', { account: app.accountIds.case_worker });
    expect(await find('case_worker', 'Bopha')).toEqual([bopha.personId]);
    expect(await find('case_worker', 'Sokha')).toEqual([]);
    expect(await as('case_worker', (tx, down) => getIdentities(tx, vault, [bopha, sokha], down))).toHaveLength(1);
    await sql`update waymark.assignment set ended_at = now()`.execute(app.db.owner);
    expect(await find('case_worker', 'Bopha')).toEqual([]);
  });

  it('is written only by those in whose area she lives, and not over a newer version', async () => {
    const put = (name: PersonName, person: Person, basedOn: number) =>
      as(name, (tx) => putIdentities(tx, vault, [{ ...person, identity: named('Chan Sokhom'), basedOn }]));
    for (const name of ['other_district_officer', 'analyst', 'administrator'] as const)
      await expect(put(name, sokha, 1), name).rejects.toMatchObject({ code: 'outside-your-area' });
    for (const basedOn of [0, 2])
      await expect(put('district_officer', sokha, basedOn)).rejects.toMatchObject({ code: 'changed-meanwhile' });
    await expect(
      as('coordinator', (tx) => putIdentities(tx, vault, [{ regionId: 1, personId: uuidv7(), identity: named('Nobody'), basedOn: 0 }])),
    ).rejects.toMatchObject({ code: 'outside-your-area' });
    for (const table of ['identity', 'identity_key'])
      await expect(as('coordinator', (tx) => sql`delete from waymark.${sql.raw(table)}`.execute(tx))).rejects.toMatchObject({
        code: '42501',
      });
  });
});

describe('a search', () => {
  it('finds by name, by how it sounds, by telephone and by document, the most alike first', async () => {
    expect(await find('coordinator', 'sokha')).toEqual([sokha.personId]);
    expect(await find('coordinator', 'Sokhaa')).toEqual([sokha.personId]);
    expect((await find('coordinator', 'chan dara'))[0]).toBe(dara.personId);
    expect((await find('coordinator', 'chan')).sort()).toEqual([sokha.personId, dara.personId].sort());
    expect(await find('coordinator', '012 345 678')).toEqual([sokha.personId]);
    expect(await find('coordinator', 'k12345678')).toEqual([dara.personId]);
    expect(await find('coordinator', '   ')).toEqual([]);
    expect(await find('coordinator', "'; drop table waymark.identity --")).toEqual([]);
  });

  it('stays within one place, and within the area of whoever searches', async () => {
    const { eastVillages, west } = app.land;
    expect(await find('coordinator', 'chan', eastVillages[1].placeId)).toEqual([dara.personId]);
    expect(await find('district_officer', 'bopha')).toEqual([]);
    expect(await find('other_district_officer', 'bopha')).toEqual([bopha.personId]);
    await expect(find('district_officer', 'bopha', west.placeId)).rejects.toMatchObject({ code: 'outside-your-area' });
  });

  it('is on record with where and whom it showed, and never with what was typed', async () => {
    const { placeId } = app.land.eastVillages[0];
    await find('coordinator', 'chan sokha', placeId);
    const entry = await lastEntry();
    expect(entry).toMatchObject({ action: 'identity.search', detail: { people: [sokha.personId] } });
    expect(JSON.stringify(entry).toLowerCase()).not.toContain('chan');
  });

  it('follows a new name, and forgets the old', async () => {
    const before = await countCodes();
    const rename = (full: string, basedOn: number) =>
      as('coordinator', (tx) => putIdentities(tx, vault, [{ ...bopha, identity: named(full), basedOn }]));
    await rename('Keo Rotha', 1);
    expect(await find('coordinator', 'bopha')).toEqual([]);
    expect(await find('coordinator', 'rotha')).toEqual([bopha.personId]);
    await rename('Keat Bopha', 2);
    expect(await countCodes()).toBe(before);
  });

  it('gives the same whichever way the database goes: by the place, by rare codes, by a common one', async () => {
    const all = await find('coordinator', 'chan sokha');
    const functionText = (
      await sql<{ text: string }>`select pg_get_functiondef('waymark.find_by_codes'::regproc) as text`.execute(app.db.owner)
    ).rows[0]!.text;
    try {
      await sql.raw(functionText.replace('few constant integer := 2000', 'few constant integer := 2')).execute(app.db.owner);
      for (const [counted, ways] of [
        ['0', 'rare codes'],
        ['100', 'common codes, two at a time'],
        ['case kind when 2 then 100 else 0 end', 'what is written is rare, how it sounds is common'],
      ] as const) {
        await sql
          .raw(
            `delete from waymark.frequent_code;
             insert into waymark.frequent_code select distinct code, ${counted} from waymark.identity, unnest(kinds, codes) x(kind, code)`,
          )
          .execute(app.db.owner);
        expect((await find('coordinator', 'chan sokha'))[0], ways).toBe(all[0]);
        expect((await find('coordinator', 'sokha'))[0], ways).toBe(sokha.personId);
      }
      await sql`select waymark.count_frequent_codes()`.execute(app.db.jobs);
      expect((await sql`select from waymark.frequent_code`.execute(app.db.owner)).rows).toEqual([]);
    } finally {
      await sql.raw(functionText).execute(app.db.owner);
    }
  });
});

describe('the vault with another key', () => {
  it('stays shut: nothing is read, found or written', async () => {
    const other = MasterKey.make();
    const wrong = new Vault({ installationId: uuidv7(), keys: [other], reload: () => [other] });
    const shut = { code: 'vault-closed', status: 503 };
    await expect(as('coordinator', (tx, down) => getIdentities(tx, wrong, [sokha], down))).rejects.toMatchObject(shut);
    await expect(as('coordinator', (tx, down) => searchByName(tx, wrong, { text: 'sokha', limit: 5 }, down))).rejects.toMatchObject(shut);
    await expect(
      as('coordinator', (tx) => putIdentities(tx, wrong, [{ ...sokha, identity: named('x'), basedOn: 1 }])),
    ).rejects.toMatchObject(shut);
  });

  it('cannot be passed off as a newer one: the database takes no key but those it knows', async () => {
    const forged = vault.seal(sokha.regionId, sokha.personId, named('x'), MasterKey.make());
    await expect(
      as('coordinator', (tx) =>
        sql`select waymark.put_identities(${forged.masterKeyId}, ${[sokha.regionId]}::integer[], ${[sokha.personId]}::uuid[],
          ${[forged.wrapped]}::bytea[], ${[forged.sealed]}::bytea[], '{""}', '{""}', '{1}')`.execute(tx),
      ),
    ).rejects.toMatchObject({ code: '55000' });
    await expect(sql`update waymark.vault_key set check_value = '\\x00'`.execute(app.db.owner)).rejects.toThrow('never removed');
  });
});

describe('an erasure', () => {
  it('destroys key, identity and codes together; only the data protection officer may', async () => {
    for (const name of ['coordinator', 'administrator', 'analyst'] as const)
      await expect(as(name, (tx) => destroyIdentities(tx, [dara]))).rejects.toMatchObject({ code: '42501' });
    const [keys, codes] = [await count('identity_key'), await countCodes()];
    expect(await as('data_protection_officer', (tx) => destroyIdentities(tx, [dara]))).toBe(1);
    expect([await count('identity_key'), await count('identity')]).toEqual([keys! - 1, keys! - 1]);
    expect(await countCodes()).toBeLessThan(codes!);
    expect(await find('coordinator', 'dara')).toEqual([]);
    const left = await sql`select 1 from waymark.identity where person_id = ${dara.personId}`.execute(app.db.owner);
    expect(left.rows).toEqual([]);
    // Whoever still has her name on the screen does not bring her back by saving it.
    await expect(
      as('coordinator', (tx) => putIdentities(tx, vault, [{ ...dara, identity: named('Chan Dara'), basedOn: 1 }])),
    ).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });
});

/** Names that no rule was tried on, each as it was written and as two others write it, among 1,200 people of eight languages. */
describe('a name that is written in another way than it is searched', () => {
  const names = Object.entries(heldBack).flatMap(([language, list]) =>
    typeof list === 'string' ? [] : list.map((forms) => ({ language, forms: forms.split('|') as [string, string, string] })),
  );
  /** In one village as they are written first, in the script of the language; in the other in Latin letters. */
  const villages = () => [app.land.westVillages[1], app.land.eastVillages[1]] as const;
  const written: Person[][] = [];
  beforeAll(async () => {
    await sql`update waymark.installation set searches_in_a_minute = 100000, people_in_ten_minutes = 100000, people_in_a_day = 100000`.execute(
      app.db.owner,
    );
    const others = madeRegister({ size: 1200, twice: 0 });
    for (const [form, { placeId, regionId }] of villages().entries()) {
      const called = [
        ...names.map(({ forms }) => forms[form]!),
        ...others.slice(600 * form, 600 * form + 600).map((each) => each.names[0]!),
      ];
      const people = called.map((_, i) => aPerson({ placeId, regionId }, `${form} ${i}`));
      await app.db.owner.transaction().execute((tx) => insertPeople(tx, people));
      await as('coordinator', (tx) =>
        putIdentities(
          tx,
          vault,
          people.map((person, i) => ({ ...person, identity: named(called[i]!), basedOn: 0 })),
        ),
      );
      written.push(people);
    }
  });

  it('is found first, or among the first few, in whichever of eight languages', async () => {
    const first: Record<string, boolean[]> = {},
      missed: string[] = [];
    for (const [nth, { language, forms }] of names.entries()) {
      const ways = [
        [0, 1],
        [1, 0],
        [1, 2],
      ] as const;
      const found = await Promise.all(ways.map(([kept, typed]) => find('coordinator', forms[typed], villages()[kept].placeId)));
      for (const [way, [kept, typed]] of ways.entries()) {
        const at = found[way]!.indexOf(written[kept]![nth]!.personId);
        (first[language] ??= []).push(at === 0);
        if (at < 0 || at > 2) missed.push(`${forms[kept]}, searched as ${forms[typed]}: ${at < 0 ? 'not found' : `as number ${at + 1}`}`);
      }
    }
    // Measured: all 246 are among the first three, and few not first. A language that becomes worse fails here.
    expect(missed).toEqual([]);
    expect(Object.keys(first)).toEqual(['Thai', 'Lao', 'Khmer', 'Burmese', 'Vietnamese', 'Nepali', 'Bengali', 'Latin']);
    for (const [language, each] of Object.entries(first)) {
      expect([language, each.length]).toEqual([language, expect.toSatisfy((asked: number) => asked >= 30)]);
      expect(each.filter(Boolean).length / each.length, language).toBeGreaterThanOrEqual(0.96);
    }
  });
});

describe('what is sealed', () => {
  it('is in no log line and in no table as text', async () => {
    const tables = await sql<{ name: string }>`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`.execute(app.db.owner);
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ text: string | null }>`
        select string_agg(t::text, ' ') as text from ${sql.raw(name)} t`
        .execute(app.db.owner)
        .catch(() => ({ rows: [{ text: '' }] }));
      const text = (rows[0]?.text ?? '').toLowerCase();
      const hex = (word: string) => Buffer.from(word).toString('hex');
      for (const word of ['Sokha', 'sokha', 'Bopha', '12345678']) {
        expect(text, name).not.toContain(` ${word.toLowerCase()}`);
        expect(text.includes(hex(word)), `${word} in ${name}`).toBe(false);
      }
    }
    expect(app.logLines.join('').toLowerCase()).not.toMatch(/sokha|bopha/);
  });
});
