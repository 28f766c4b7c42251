// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { openDb, openPool, withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { everybody, type PersonName } from './support/app.ts';
import { makeWorld, type World } from './support/authorisation-world.ts';

/**
 * The second wall, without the first: plain SQL as the role that the application logs in as. What the gate forgot to ask, the
 * database still refuses.
 */
let world: World;
let db: Kysely<unknown>;
beforeAll(async () => {
  world = await makeWorld();
  db = world.app.db.app;
}, 120_000);
afterAll(() => world?.app.close());

async function actorOf(name: PersonName): Promise<Actor> {
  const actor = await findActor(world.app.access, world.app.accountIds[name]);
  if (!actor) throw new Error(`${name} is nobody`);
  return actor;
}

const as = async <T>(name: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> => withActor(db, await actorOf(name), fn);
const ids = async (tx: Tx, query: ReturnType<typeof sql<{ id: string }>>): Promise<string[]> =>
  (await query.execute(tx)).rows.map((row) => row.id).sort();
const peopleSeen = (tx: Tx) => ids(tx, sql<{ id: string }>`select person_id as id from waymark.person`);
const standingsSeen = (tx: Tx) => ids(tx, sql<{ id: string }>`select subject_id as id from waymark.standing where subject_kind = 'person'`);
const rollupsSeen = async (tx: Tx) => [
  ...new Set(await ids(tx, sql<{ id: string }>`select p.name as id from waymark.rollup r join waymark.place p using (place_id)`)),
];
const figuresSeen = async (tx: Tx) => [
  ...new Set(await ids(tx, sql<{ id: string }>`select p.name as id from waymark.area_statistic r join waymark.place p using (place_id)`)),
];
const sorted = (...lists: (readonly string[])[]) => lists.flat().sort();
/** Not even told whether there is a row: what one may not see does not exist. */
const changed = async (name: PersonName, statement: ReturnType<typeof sql>) =>
  as(name, async (tx) => Number((await statement.execute(tx)).numAffectedRows ?? 0n));
const denied = { code: '42501' };

/**
 * Facts about the installation itself, read before there is anybody to ask; and public reference data, whose searches a test on each row
 * would make a thousand times slower (db/migrations/0004). Nothing in them is about anybody.
 */
const openTables = ['installation', 'place', 'place_level', 'place_boundary'];

async function tables(): Promise<{ name: string; secured: boolean; forced: boolean; readable: boolean }[]> {
  const { rows } = await sql<{ name: string; secured: boolean; forced: boolean; readable: boolean }>`
    select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced, has_table_privilege('waymark_app', c.oid, 'select') as readable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'waymark' and c.relkind in ('r', 'p') order by 1`.execute(
    world.app.db.owner,
  );
  return rows;
}

describe('the role that the application logs in as', () => {
  it('is no superuser, passes no wall by, and owns nothing', async () => {
    for (const role of ['waymark_app', 'waymark_auth', 'waymark_jobs']) {
      const {
        rows: [row],
      } = await sql<{ able: boolean; owns: number }>`
        select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as able,
               (select count(*)::int from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relowner = r.oid and n.nspname in ('waymark', 'auth')) as owns
        from pg_roles r where rolname = ${role}`.execute(world.app.db.owner);
      expect([role, row]).toEqual([role, { able: false, owns: 0 }]);
    }
    const {
      rows: [member],
    } = await sql<{ member: boolean }>`select pg_has_role('waymark_app', 'waymark_owner', 'member') as member`.execute(world.app.db.owner);
    expect(member?.member).toBe(false);
  });

  it('meets row security on every table, forced', async () => {
    for (const table of await tables()) {
      if (table.name === 'installation') continue;
      expect(table).toMatchObject({ name: table.name, secured: true, forced: true });
    }
  });

  it('sees nothing at all before it has said for whom it asks', async () => {
    for (const { name, readable } of await tables()) {
      if (!readable || openTables.includes(name)) continue;
      const {
        rows: [row],
      } = await sql<{ n: number }>`select count(*)::int as n from waymark.${sql.raw(`"${name}"`)}`.execute(db);
      expect([name, row?.n]).toEqual([name, 0]);
    }
  });

  it('sees no password, no session and nothing that proves, whoever asks', async () => {
    for (const table of [
      'user',
      'session',
      'account',
      'verification',
      'totp',
      'passkey',
      'recovery_code',
      'session_state',
      'spent_challenge',
      'outside_identity',
    ]) {
      await expect(as('administrator', (tx) => sql`select from auth.${sql.raw(`"${table}"`)}`.execute(tx))).rejects.toMatchObject(denied);
    }
    await expect(as('administrator', (tx) => sql`select from graphile_worker.migrations`.execute(tx))).rejects.toMatchObject(denied);
  });

  it('cannot say it is somebody else for the next transaction', async () => {
    const pool = openPool(world.app.db.urls.app, { max: 1 });
    try {
      const one = openDb(pool);
      await withActor(one, await actorOf('coordinator'), peopleSeen);
      expect(await peopleSeen(one)).toEqual([]);
    } finally {
      await pool.end();
    }
  });

  it('cannot loosen a wall', async () => {
    for (const statement of [
      'alter table waymark.person disable row level security',
      'drop policy in_scope_reads on waymark.person',
      'set role waymark_owner',
      'set session authorization waymark_owner',
      'alter role waymark_app bypassrls',
      'create table waymark.mine ()',
      'truncate waymark.audit_entry',
      'delete from waymark.person',
      "copy waymark.person to program 'cat'",
    ]) {
      await expect(
        as('coordinator', (tx) => sql.raw(statement).execute(tx)),
        statement,
      ).rejects.toMatchObject(denied);
    }
  });
});

describe('people, one by one', () => {
  it('a coordinator sees those of her province, others those of their district, analysts and administrators nobody', async () => {
    expect(await as('coordinator', peopleSeen)).toEqual(sorted(world.eastPeople, world.westPeople));
    expect(await as('district_officer', peopleSeen)).toEqual(sorted(world.eastPeople));
    expect(await as('other_coordinator', peopleSeen)).toEqual(sorted(world.westPeople));
    expect(await as('other_district_officer', peopleSeen)).toEqual(sorted(world.westPeople));
    expect(await as('analyst', peopleSeen)).toEqual([]);
    expect(await as('administrator', peopleSeen)).toEqual([]);
  });

  it('and the same of how each of them stands', async () => {
    expect(await as('coordinator', standingsSeen)).toEqual(sorted(world.eastPeople, world.westPeople));
    expect(await as('district_officer', standingsSeen)).toEqual(sorted(world.eastPeople));
    expect(await as('other_district_officer', standingsSeen)).toEqual(sorted(world.westPeople));
    expect(await as('analyst', standingsSeen)).toEqual([]);
    expect(await as('administrator', standingsSeen)).toEqual([]);
  });

  it('nobody moves a person of another district, into her own or out of it', async () => {
    const { land } = world.app;
    const [eastPerson = '', westPerson = ''] = [world.eastPeople[0], world.westPeople[0]];
    expect(
      await changed(
        'other_district_officer',
        sql`update waymark.person set place_id = ${land.westVillages[0].placeId} where person_id = ${eastPerson}`,
      ),
    ).toBe(0);
    await expect(
      changed(
        'other_district_officer',
        sql`update waymark.person set place_id = ${land.eastVillages[0].placeId} where person_id = ${westPerson}`,
      ),
    ).rejects.toMatchObject(denied);
    await expect(
      changed(
        'other_district_officer',
        sql`insert into waymark.person (region_id, person_id, place_id) values (${land.east.regionId}, ${uuidv7()}, ${land.eastVillages[0].placeId})`,
      ),
    ).rejects.toMatchObject(denied);
    await expect(
      changed(
        'analyst',
        sql`insert into waymark.person (region_id, person_id, place_id) values (${land.east.regionId}, ${uuidv7()}, ${land.eastVillages[0].placeId})`,
      ),
    ).rejects.toMatchObject(denied);
  });
});

describe('answers', () => {
  const answer = (subjectId: string, regionId: number, actorId: string) => sql`
    insert into waymark.assessment (region_id, assessment_id, subject_kind, subject_id, instrument_id, answers, observed_at, valid_until, actor_id)
    select ${regionId}, ${uuidv7()}, 'person', ${subjectId}, instrument_id, ${Buffer.alloc(28, 1)}, now(), array[now() + interval '1 month'], ${actorId}
    from waymark.instrument where code = 'household-28'`;
  const subjectsSeen = async (tx: Tx) => [...new Set(await ids(tx, sql<{ id: string }>`select subject_id as id from waymark.assessment`))];

  it("are written about one's own people, under one's own name, and never changed", async () => {
    const { accountIds, land } = world.app;
    const person = world.westPeople[1] ?? '';
    expect(await changed('other_district_officer', answer(person, land.west.regionId, accountIds.other_district_officer))).toBe(1);
    await expect(changed('other_district_officer', answer(person, land.west.regionId, accountIds.coordinator))).rejects.toMatchObject(
      denied,
    );
    await expect(
      changed('other_district_officer', answer(world.eastPeople[1] ?? '', land.east.regionId, accountIds.other_district_officer)),
    ).rejects.toMatchObject(denied);
    await expect(changed('analyst', answer(person, land.west.regionId, accountIds.analyst))).rejects.toMatchObject(denied);
    await expect(changed('other_district_officer', sql`update waymark.assessment set observed_at = now()`)).rejects.toMatchObject(denied);
    await expect(sql`update waymark.assessment set observed_at = now()`.execute(world.app.db.owner)).rejects.toMatchObject({
      code: '23001',
    });
    expect(await as('coordinator', subjectsSeen)).toEqual([person]);
    expect(await as('district_officer', subjectsSeen)).toEqual([]);
    expect(await as('analyst', subjectsSeen)).toEqual([]);
  });
});

describe('figures', () => {
  it('of people: by plain query only for those who may see exact ones, and of their own area', async () => {
    expect(await as('coordinator', rollupsSeen)).toEqual(sorted(['Ban Fa', 'East Bay', 'High Field', 'Reed Pond', 'West Ridge']));
    expect(await as('district_officer', rollupsSeen)).toEqual(sorted(['East Bay', 'Reed Pond']));
    expect(await as('other_district_officer', rollupsSeen)).toEqual(sorted(['High Field', 'West Ridge']));
    expect(await as('analyst', rollupsSeen)).toEqual([]);
    expect(await as('administrator', rollupsSeen)).toEqual([]);
  });

  it('of places: the same', async () => {
    expect(await as('district_officer', figuresSeen)).toEqual(sorted(['East Bay', 'West Ridge'], ['Reed Pond', 'Stone Well']));
    expect(await as('other_coordinator', figuresSeen)).toEqual(sorted(['East Bay', 'West Ridge'], ['High Field', 'Old Ferry']));
  });

  it('are written by importers, within their area', async () => {
    const figure = (
      placeId: string,
    ) => sql`insert into waymark.area_statistic (region_id, place_id, instrument_code, indicator, batch_id, observed_on, value, origin)
      values (${world.app.land.east.regionId}, ${placeId}, 'place-secondary-1', ${`latrines_${world.next()}`}, ${world.batchId}, '2025-01-01', 0.5, 'measured')`;
    expect(await changed('other_coordinator', figure(world.app.land.west.placeId))).toBe(1);
    await expect(changed('other_coordinator', figure(world.app.land.east.placeId))).rejects.toMatchObject(denied);
    await expect(changed('other_district_officer', figure(world.app.land.west.placeId))).rejects.toMatchObject(denied);
    await expect(changed('coordinator', sql`update waymark.rollup set n = 0`)).rejects.toMatchObject(denied);
  });
});

describe('accounts and the record', () => {
  const accountsSeen = (tx: Tx) => ids(tx, sql<{ id: string }>`select user_name as id from waymark.account`);

  it('everybody sees her own account, officers those of their volunteers, the administrator all', async () => {
    // Hers to invite and to let back in: the volunteers of her province.
    expect(await as('coordinator', accountsSeen)).toEqual(['lek', 'mali', 'orn']);
    expect(await as('analyst', accountsSeen)).toEqual(['ploy']);
    expect(await as('administrator', accountsSeen)).toEqual(
      Object.values(everybody)
        .map(({ userName }) => userName)
        .sort(),
    );
    const posts = (tx: Tx) => ids(tx, sql<{ id: string }>`select account_id as id from waymark.post`);
    const { coordinator, watch_volunteer, other_watch_volunteer } = world.app.accountIds;
    expect(await as('coordinator', posts)).toEqual([coordinator, watch_volunteer, other_watch_volunteer].sort());
  });

  it('nobody makes herself more than she is', async () => {
    const { accountIds } = world.app;
    expect(
      await changed('coordinator', sql`update waymark.account set display_name = 'Empress' where account_id = ${accountIds.coordinator}`),
    ).toBe(0);
    expect(
      await changed(
        'coordinator',
        sql`update waymark.post set role = 'administrator', place_id = null where account_id = ${accountIds.coordinator}`,
      ),
    ).toBe(0);
    await expect(
      changed(
        'coordinator',
        sql`insert into waymark.post (post_id, account_id, role) values (${uuidv7()}, ${accountIds.coordinator}, 'administrator')`,
      ),
    ).rejects.toMatchObject(denied);
    await as('coordinator', (tx) => sql`select waymark.set_own_locale('th')`.execute(tx));
    const { rows } = await sql<{ id: string }>`select user_name as id from waymark.account where locale = 'th'`.execute(world.app.db.owner);
    expect(rows).toEqual([{ id: 'mali' }]);
  });

  it("the record is written under one's own name, read by administrators, changed by nobody", async () => {
    const entry = (actorId: string) =>
      sql`insert into waymark.audit_entry (entry_id, actor_id, action) values (${uuidv7()}, ${actorId}, 'test')`;
    const { accountIds } = world.app;
    expect(await changed('coordinator', entry(accountIds.coordinator))).toBe(1);
    await expect(changed('coordinator', entry(accountIds.analyst))).rejects.toMatchObject(denied);
    const entries = (tx: Tx) => ids(tx, sql<{ id: string }>`select entry_id as id from waymark.audit_entry`);
    expect(await as('coordinator', entries)).toEqual([]);
    expect((await as('administrator', entries)).length).toBeGreaterThan(0);
    await expect(changed('administrator', sql`update waymark.audit_entry set action = 'nothing'`)).rejects.toMatchObject(denied);
    await expect(changed('administrator', sql`delete from waymark.audit_entry`)).rejects.toMatchObject(denied);
    await expect(sql`delete from waymark.audit_entry`.execute(world.app.db.owner)).rejects.toMatchObject({ code: '23001' });
  });
});

describe('reference data', () => {
  it('everybody reads every place; importers alone write', async () => {
    const places = (tx: Tx) => ids(tx, sql<{ id: string }>`select name as id from waymark.place`);
    expect(await as('other_district_officer', places)).toHaveLength(8);
    expect(await changed('analyst', sql`update waymark.place set name = 'Nowhere'`)).toBe(0);
    expect(await changed('district_officer', sql`delete from waymark.place_level`)).toBe(0);
    expect(await changed('analyst', sql`update waymark.instrument set state = 'retired'`)).toBe(0);
  });
});

describe('functions that act for the owner', () => {
  it('say nothing to a connection that has not said for whom it asks', async () => {
    const { rows } = await sql<{ name: string; types: string[]; set: boolean }>`
      select p.oid::regproc::text as name, p.proretset as set, array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, n) order by n) as types
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'waymark' and p.prosecdef and p.prorettype <> 'trigger'::regtype and has_function_privilege('waymark_app', p.oid, 'execute') and p.proretset`.execute(
      world.app.db.owner,
    );
    const { land } = world.app;
    const places = sql`array[${land.country.placeId}, ${land.province.placeId}, ${land.east.placeId}, ${land.eastVillages[0].placeId}]::uuid[]`;
    // Asked before anybody is signed in, to open the vault: numbers and check values of keys, no secret.
    for (const { name, types } of rows.filter((row) => row.name !== 'vault_keys')) {
      for (const code of ['household-28', 'place-secondary-1']) {
        const texts = [code, 'XA'];
        const values = types.map((type) =>
          type === 'uuid[]'
            ? places
            : type === 'text'
              ? sql`${texts.shift() ?? ''}::text`
              : type === 'text[]'
                ? sql`array['XA', 'poor_households', 'person', 'place']`
                : type === 'timestamp with time zone'
                  ? sql`now()`
                  : sql`null::${sql.raw(type)}`,
        );
        const answer = await sql`select * from ${sql.raw(name)}(${sql.join(values)})`.execute(db).then(
          (found) => found.rows,
          (error: { code?: string }) => error.code,
        );
        expect([name, answer === '42501' ? [] : answer]).toEqual([name, []]);
      }
    }
  });
});
