// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { findActor } from '../../src/access/server/index.ts';
import { withActor } from '../../src/platform/server/db.ts';
import type { Tx } from '../../src/platform/server/endpoint.ts';
import type { PersonName } from './app.ts';
import { householdsKnownTo, knownTo, type World } from './authorisation-world.ts';

/** One row as far as the application may read its columns, and whom of the world it speaks of. */
interface Row {
  readonly text: string;
  readonly people: readonly string[];
  readonly households: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** As somebody, on the connection of the application, with nothing of the application around it. */
export async function asSomebody<T>(world: World, who: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const actor = await findActor(world.app.access, world.app.accountIds[who]);
  if (!actor) throw new Error(`${who} is nobody`);
  return withActor(world.app.db.app, actor, fn);
}

const officers = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'];
const byArea = [...officers, 'watch_volunteer', 'other_watch_volunteer'];
const askers = [...byArea, 'case_worker', 'other_case_worker', 'person'];
const theOfficer = (who: PersonName): boolean => who === 'data_protection_officer';

type MayRead = (world: World, who: PersonName, row: Row) => boolean;
const every = (known: readonly string[], ids: readonly string[]) => ids.every((id) => known.includes(id));
/** All of whom a row speaks are hers to know: by area, in care, herself. */
const known: MayRead = (world, who, { people, households }) =>
  !theOfficer(who) &&
  every(knownTo(world, who), people) &&
  (people.length > 0 || who !== 'person') &&
  every(householdsKnownTo(world, who), households);
const orOversees =
  (may: MayRead): MayRead =>
  (world, who, row) =>
    theOfficer(who) || may(world, who, row);
const overseenOnly: MayRead = (_world, who) => theOfficer(who);
const only =
  (who: readonly string[], may: MayRead = known): MayRead =>
  (world, name, row) =>
    who.includes(name) && may(world, name, row);

/**
 * Who reads which rows of the tables that speak of people: each somebody in words of its own, so that a slip in a policy shows. A new
 * table about people that the application may read fails the test until it stands here.
 */
const readers: Readonly<Record<string, MayRead>> = {
  person: known,
  person_event: known,
  person_merge: known,
  identity: known,
  identity_key: known,
  assessment: known,
  household: known,
  // She reads how she stands by her own page, which masks nothing of hers; the bands of lists are not for her.
  standing: (world, who, row) => who !== 'person' && known(world, who, row),
  consent_event: orOversees(known),
  // A complaint may be about whoever is near her: it is for herself and for whoever wrote it down.
  person_request: orOversees(
    only(
      askers,
      (world, who, row) =>
        known(world, who, row) &&
        (row.values['kind'] !== 'complaint' || who === 'person' || row.values['asked_by'] === world.app.accountIds[who]),
    ),
  ),
  // Her own, and the officers those of their area; that somebody has an account for her own record nobody learns here.
  assignment: (world, who, row) =>
    row.values['account_id'] === world.app.accountIds[who] ||
    (row.values['kind'] !== 'self' && (theOfficer(who) || only(officers)(world, who, row))),
  duplicate_pair: only(officers),
  identity_read: overseenOnly,
  erasure: overseenOnly,
  erasure_lifted: overseenOnly,
  legal_hold: overseenOnly,
  retention_due: overseenOnly,
};

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** Whether a column of it says by its name that it holds a person or a household. */
  readonly named: boolean;
}

/** Whatever the application may read of at all, from the catalogue: tables, views, whatever comes. */
async function readableTables(world: World): Promise<readonly Table[]> {
  const { rows } = await sql<Table>`
    select n.nspname || '.' || c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
           bool_or(a.attname ~ '(person|household|subject)_id|^(person|other)_') as named
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
      and has_schema_privilege('waymark_app', n.oid, 'usage') and has_column_privilege('waymark_app', c.oid, a.attnum, 'select')
    group by 1 order by 1`.execute(world.app.db.owner);
  return rows;
}

async function rowsOf(world: World, tx: Tx, { name, columns }: Table): Promise<Row[]> {
  const people = [...world.eastPeople, ...world.westPeople],
    households = Object.values(world.households);
  const list = sql.join(columns.map((column) => sql.ref(column)));
  const { rows } = await sql<{
    text: string;
  }>`select row_to_json(r)::text as text from (select ${list} from ${sql.table(name)}) r order by 1`.execute(tx);
  return rows.map(({ text }) => ({
    text,
    people: people.filter((id) => text.includes(id)),
    households: households.filter((id) => text.includes(id)),
    values: JSON.parse(text) as Record<string, unknown>,
  }));
}

/** Where somebody sees a row of which she must not know, or misses one that is hers: empty where the wall stands. `one`: this table alone. */
export async function wallFaults(world: World, cast: readonly PersonName[], one?: string): Promise<string[]> {
  const faults: string[] = [];
  for (const table of await readableTables(world)) {
    const short = table.name.replace('waymark.', '');
    if (one !== undefined && one !== short) continue;
    const rows = (await rowsOf(world, world.app.db.owner as unknown as Tx, table)).filter(
      ({ people, households }) => people.length + households.length > 0,
    );
    if (rows.length === 0) {
      if (table.named) faults.push(`${short}: nobody stands in it, so nobody was tried`);
      continue;
    }
    const may = readers[short];
    if (!may) faults.push(`${short}: speaks of people, and who may read it is not written down`);
    for (const who of cast) {
      const seen = await asSomebody(world, who, (tx) => rowsOf(world, tx, table));
      const mine = new Set(rows.filter((row) => may?.(world, who, row)).map(({ text }) => text));
      const texts = new Set(seen.map(({ text }) => text));
      const tooMuch = seen.filter(({ text, people, households }) => people.length + households.length > 0 && !mine.has(text));
      const missing = [...mine].filter((text) => !texts.has(text));
      for (const { text } of tooMuch.slice(0, 2)) faults.push(`${short}: ${who} sees ${text}`);
      for (const text of missing.slice(0, 2)) faults.push(`${short}: ${who} does not see ${text}`);
    }
  }
  return faults;
}

/** The tables that speak of people, by name. */
export const tablesOfPeople: readonly string[] = Object.keys(readers);
