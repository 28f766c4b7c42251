// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { more, people, startApp, type PersonName, type TestApp } from './support/app.ts';

/** Who has an account and which post, by plain SQL: what the database itself keeps from officers and everybody else. */
let app: TestApp;
const everybody = { ...people, ...more };
beforeAll(async () => {
  app = await startApp({ everyRole: true });
}, 60_000);
afterAll(() => app?.close());

async function as<T>(name: PersonName, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const actor = await findActor(app.access, app.accountIds[name]);
  if (!actor) throw new Error(`${name} is nobody`);
  return withActor(app.db.app, actor, fn);
}
const denied = { code: '42501' };
const names = (who: PersonName) =>
  as(who, async (tx) =>
    (await sql<{ name: string }>`select user_name as name from waymark.account order by 1`.execute(tx)).rows.map(({ name }) => name),
  );
const issue = (accountId: string) => (tx: Tx) =>
  sql`select * from waymark.issue_codes(array[${uuidv7()}]::uuid[], array[${accountId}], array['digest'], false)`.execute(tx);
const inviters = ['coordinator', 'district_officer', 'other_coordinator', 'other_district_officer'] as const;

describe('accounts', () => {
  it('are seen by administrators, by officers as far as they are volunteers of their villages, and by everybody her own', async () => {
    for (const who of Object.keys(everybody) as (keyof typeof everybody)[]) {
      const own = everybody[who].userName;
      const volunteers =
        who === 'coordinator'
          ? ['lek', 'orn']
          : who === 'district_officer'
            ? ['orn']
            : who.startsWith('other_c') || who.startsWith('other_d')
              ? ['lek']
              : [];
      const expected = who === 'administrator' ? Object.values(everybody).map(({ userName }) => userName) : [own, ...volunteers];
      expect([who, await names(who)]).toEqual([who, expected.sort()]);
      const posts = await as(who, async (tx) => (await sql`select from waymark.post where ended_at is null`.execute(tx)).rows.length);
      expect([who, posts]).toEqual([who, expected.length]);
    }
  });

  it('are written by no officer, not even those she sees', async () => {
    for (const who of inviters) {
      const changes = [
        sql`update waymark.account set display_name = 'Renamed' where account_id <> waymark.actor_id()`,
        sql`update waymark.account set disabled_at = null, version = 1`,
        sql`update waymark.post set ended_at = now()`,
        sql`update waymark.post set role = 'administrator', place_id = null`,
      ];
      for (const change of changes) expect(await as(who, async (tx) => Number((await change.execute(tx)).numAffectedRows))).toBe(0);
      await expect(
        as(who, (tx) => sql`insert into waymark.account (account_id, user_name, display_name) values ('mine', 'mine', 'Mine')`.execute(tx)),
      ).rejects.toMatchObject(denied);
      await expect(
        as(who, (tx) =>
          sql`insert into waymark.post (post_id, account_id, role, place_id) values (${uuidv7()}, ${app.accountIds[who]}, 'coordinator', null)`.execute(
            tx,
          ),
        ),
      ).rejects.toMatchObject(denied);
    }
  });
});

describe('inviting a volunteer', () => {
  const invite = (placeId: string, userName: string) => (tx: Tx) =>
    sql`select waymark.invite_volunteer(${uuidv7()}, ${userName}, 'V', 'en', ${uuidv7()}, ${placeId})`.execute(tx);

  it("needs the right, a village, and one of one's own", async () => {
    const { land } = app;
    for (const who of ['administrator', 'analyst', 'watch_volunteer', 'data_protection_officer', 'person'] as const)
      await expect(as(who, invite(land.eastVillages[0].placeId, 'never')), who).rejects.toMatchObject(denied);
    for (const place of [land.westVillages[0], land.east, land.province])
      await expect(as('district_officer', invite(place.placeId, 'never')), place.name).rejects.toMatchObject(denied);
    await expect(as('coordinator', invite(land.country.placeId, 'never'))).rejects.toMatchObject(denied);
    await as('district_officer', invite(land.eastVillages[1].placeId, 'may.be'));
    expect(await names('other_coordinator')).not.toContain('may.be');
    expect(await names('coordinator')).toContain('may.be');
  });

  it('ends where another post of hers lies outside, or is of another kind', async () => {
    const ids = await Promise.all(
      ['two.villages', 'more.than.that', 'nothing.held'].map(async (userName) => {
        const accountId = uuidv7();
        await sql`insert into waymark.account (account_id, user_name, display_name) values (${accountId}, ${userName}, ${userName})`.execute(
          app.db.owner,
        );
        return accountId;
      }),
    );
    const [two = '', more = '', nothing = ''] = ids;
    const give = (accountId: string, role: string, placeId: string | null) =>
      sql`insert into waymark.post (post_id, account_id, role, place_id) values (${uuidv7()}, ${accountId}, ${role}, ${placeId})`.execute(
        app.db.owner,
      );
    for (const id of [two, more]) await give(id, 'watch_volunteer', app.land.eastVillages[0].placeId);
    expect(await names('district_officer')).toEqual(expect.arrayContaining(['two.villages', 'more.than.that']));
    await give(two, 'watch_volunteer', app.land.westVillages[0].placeId);
    await give(more, 'analyst', app.land.eastVillages[0].placeId);
    for (const hidden of ['two.villages', 'more.than.that', 'nothing.held']) expect(await names('district_officer')).not.toContain(hidden);
    expect(await names('coordinator')).toContain('two.villages');
    for (const id of ids) await expect(as('district_officer', issue(id))).rejects.toMatchObject(denied);
    await expect(as('coordinator', issue(nothing))).rejects.toMatchObject(denied);
  });
});

describe('codes', () => {
  it('are issued upwards, sideways and to oneself by nobody', async () => {
    for (const who of inviters) {
      for (const to of [
        'administrator',
        'coordinator',
        'district_officer',
        'other_coordinator',
        'analyst',
        'case_worker',
        'person',
      ] as const)
        await expect(as(who, issue(app.accountIds[to])), `${who} to ${to}`).rejects.toMatchObject(denied);
    }
    await expect(as('administrator', issue(app.accountIds.administrator))).rejects.toMatchObject(denied);
    await expect(as('other_district_officer', issue(app.accountIds.watch_volunteer))).rejects.toMatchObject(denied);
    await expect(as('watch_volunteer', issue(app.accountIds.other_watch_volunteer))).rejects.toMatchObject(denied);
    // One among many that is not hers, and nothing is issued.
    await expect(
      as('district_officer', (tx) =>
        sql`select * from waymark.issue_codes(array[${uuidv7()}, ${uuidv7()}]::uuid[], array[${app.accountIds.watch_volunteer}, ${app.accountIds.analyst}], array['a', 'b'], false)`.execute(
          tx,
        ),
      ),
    ).rejects.toMatchObject(denied);
    await as('district_officer', issue(app.accountIds.watch_volunteer));
    await as('administrator', issue(app.accountIds.analyst));
  });

  it('stand in no answer, not even as a digest, and nobody writes them by hand', async () => {
    for (const who of ['administrator', 'district_officer'] as const) {
      await expect(as(who, (tx) => sql`select hash from waymark.access_code`.execute(tx))).rejects.toMatchObject(denied);
      for (const statement of [
        sql`update waymark.access_code set expires_at = 'infinity'`,
        sql`delete from waymark.access_code`,
        sql`insert into waymark.access_code (code_id, account_id, kind, hash, issued_by, expires_at) values (${uuidv7()}, ${app.accountIds.watch_volunteer}, 'recovery', 'x', 'me', 'infinity')`,
      ])
        await expect(as(who, (tx) => statement.execute(tx))).rejects.toMatchObject(denied);
    }
    const seen = (who: PersonName) =>
      as(who, async (tx) =>
        (await sql<{ id: string }>`select account_id as id from waymark.access_code`.execute(tx)).rows.map(({ id }) => id),
      );
    expect(await seen('district_officer')).toEqual([app.accountIds.watch_volunteer]);
    expect((await seen('administrator')).sort()).toEqual([app.accountIds.watch_volunteer, app.accountIds.analyst].sort());
    for (const who of ['other_district_officer', 'analyst', 'watch_volunteer', 'data_protection_officer'] as const)
      expect([who, await seen(who)]).toEqual([who, []]);
  });

  it('are used by the gate alone, which can change nothing else of them', async () => {
    await expect(sql`update waymark.access_code set hash = 'mine'`.execute(app.access.auth)).rejects.toMatchObject(denied);
    await expect(sql`update waymark.access_code set expires_at = 'infinity'`.execute(app.access.auth)).rejects.toMatchObject(denied);
    await expect(issue(app.accountIds.analyst)(app.access.auth)).rejects.toMatchObject(denied);
  });
});

describe('what only administrators do', () => {
  it('is refused to everybody else by the functions themselves', async () => {
    const { watch_volunteer: orn, case_worker: ratana } = app.accountIds;
    for (const who of (Object.keys(everybody) as (keyof typeof everybody)[]).filter((each) => each !== 'administrator')) {
      for (const call of [
        sql`select waymark.count_assignments(${ratana})`,
        sql`select waymark.hand_over_assignments(${ratana}, ${orn})`,
        sql`select waymark.set_code_times(1, 1)`,
      ])
        await expect(
          as(who, (tx) => call.execute(tx)),
          who,
        ).rejects.toMatchObject(denied);
    }
    // Not to somebody who is no case worker, nor by nobody.
    await expect(
      as('administrator', (tx) => sql`select waymark.hand_over_assignments(${ratana}, ${orn})`.execute(tx)),
    ).rejects.toMatchObject(denied);
    await expect(sql`select waymark.hand_over_assignments(${ratana}, ${orn})`.execute(app.db.app)).rejects.toMatchObject(denied);
    for (const who of ['other_district_officer', 'analyst', 'watch_volunteer'] as const) {
      await expect(as(who, (tx) => sql`select waymark.void_codes(${orn})`.execute(tx))).rejects.toMatchObject(denied);
      await expect(as(who, (tx) => sql`select waymark.set_volunteer_disabled(${orn}, true, 1)`.execute(tx))).rejects.toMatchObject(denied);
    }
  });

  it('organisations are read by everybody who works here and written by administrators', async () => {
    for (const who of ['coordinator', 'case_worker', 'person'] as const) {
      expect((await as(who, (tx) => sql`select from waymark.organisation`.execute(tx))).rows).toHaveLength(1);
      expect(Number((await as(who, (tx) => sql`update waymark.organisation set ended_at = now()`.execute(tx))).numAffectedRows)).toBe(0);
    }
  });
});
