// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../../../test/support/authorisation-world.ts';
import type { Client } from '../../../test/support/client.ts';
import type { Account, Me } from '../domain/account.ts';
import type { HandedOver } from '../domain/hand-over.ts';
import type { Slip, VolunteerWithSlip } from '../domain/invitation.ts';
import type { Organisation } from '../domain/organisation.ts';

let world: World, nok: Client;
let n = 0;
beforeAll(async () => {
  world = await makeWorld();
  nok = await world.app.as('administrator');
}, 120_000);
afterAll(() => world?.app.close());

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const find = async (accountId: string): Promise<Account> =>
  (await nok.get<{ rows: Account[] }>('/api/accounts')).body.rows.find((row) => row.accountId === accountId)!;
const make = async (role?: string, more: object = {}): Promise<{ account: Account; password: string }> =>
  (
    await nok.post<{ account: Account; password: string }>('/api/accounts', {
      userName: `someone.${++n}`,
      displayName: `Someone ${n}`,
      ...(role ? { role } : {}),
      ...more,
    })
  ).body;
const safeHarbour = async (): Promise<Organisation> =>
  (await nok.get<{ rows: Organisation[] }>('/api/organisations')).body.rows.find(({ name }) => name === 'Safe Harbour')!;
const handOver = (account: Account, to: object, more: object = {}) =>
  nok.post<HandedOver>(`/api/accounts/${account.accountId}/posts/${account.posts[0]?.postId}/hand-over`, {
    version: account.version,
    to,
    withAssignments: false,
    ...more,
  });

describe('a post that is handed over', () => {
  it('ends for the one and begins for the other, and the record says who handed what to whom', async () => {
    const { account, password } = await make('district_officer', { placeId: world.app.land.east.placeId });
    const { account: next, password: hers } = await make();
    const before = await world.app.anonymous().signIn(account.userName, password);
    const { status, body } = await handOver(account, { accountId: next.accountId, version: next.version });
    expect([status, body.assignments, body.slip]).toEqual([200, 0, null]);
    expect(body.from.posts).toEqual([]);
    expect(body.to.posts).toMatchObject([{ role: 'district_officer', place: { code: 'XA11' } }]);
    expect((await before.get<Me>('/api/me')).body.rights).toEqual([]);
    expect((await (await world.app.anonymous().signIn(next.userName, hers)).get<Me>('/api/me')).body.roles).toEqual(['district_officer']);
    const { rows } = await sql<{ actor: string; detail: object }>`
      select actor_id as actor, detail from waymark.audit_entry where action = 'accounts.hand-over' and subject = ${account.accountId}`.execute(
      world.app.db.owner,
    );
    expect(rows).toEqual([
      {
        actor: world.app.accountIds.administrator,
        detail: {
          to: next.accountId,
          role: 'district_officer',
          postId: account.posts[0]?.postId,
          newPostId: body.to.posts[0]?.postId,
          assignments: 0,
          assignmentsEnded: 0,
        },
      },
    ]);
  });

  it('to somebody new comes with her invitation', async () => {
    const { account } = await make('analyst', { placeId: world.app.land.west.placeId });
    const { body } = await handOver(account, { userName: 'brand.new', displayName: 'Brand New' });
    expect(body.slip).toMatchObject({ userName: 'brand.new', kind: 'invitation' });
    expect(
      (await world.app.anonymous().post('/api/welcome', { userName: 'brand.new', code: body.slip?.code, password: 'rice boat morning' }))
        .status,
    ).toBe(200);
  });

  it('takes the people of a case worker along when asked who agree to it, and says how many, and for how many it ended', async () => {
    const ratana = await find(world.app.accountIds.case_worker);
    const { account: next, password } = await make();
    const { owner } = world.app.db,
      { regionId } = world.app.land.east,
      [agrees, objects, refused] = [world.eastPeople[3]!, world.eastPeople[8]!, world.eastPeople[9]!];
    for (const personId of [agrees, objects, refused])
      await sql`insert into waymark.consent_event (region_id, event_id, person_id, purpose, act, by_whom, way, observed_at, actor_id)
        values (${regionId}, ${uuidv7()}, ${personId}, 'assist', ${personId === refused ? 'refused' : 'given'}, 'self', 'spoken', now(), 'set-up')`.execute(
        owner,
      );
    for (const personId of [objects, refused])
      await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
        values (${regionId}, ${uuidv7()}, ${personId}, 'case_worker', ${ratana.accountId}, 'not agreed')`.execute(owner);
    await sql`insert into waymark.person_request (region_id, request_id, person_id, kind, by_whom, said_on, due_on, asked_by)
      values (${regionId}, ${uuidv7()}, ${objects}, 'objection', 'self', current_date, current_date + 30, 'test')`.execute(owner);
    const path = `/api/accounts/${ratana.accountId}/posts/${ratana.posts[0]?.postId}/hand-over`;
    expect((await nok.get(path)).body).toEqual({ assignments: 1, ending: 2 });
    const to = { accountId: next.accountId, version: next.version };
    const { body } = await handOver(ratana, to, { withAssignments: true });
    expect([body.assignments, body.assignmentsEnded, body.to.posts[0]?.organisation?.name]).toEqual([1, 2, 'Safe Harbour']);
    const hers = await world.app.anonymous().signIn(next.userName, password);
    const opens = [objects, refused, agrees].map(async (id) => (await hers.get(`/api/people/${regionId}/${id}`)).status);
    expect(await Promise.all(opens)).toEqual([404, 404, 200]);
    const said = await sql`select detail->'assignments' as along, detail->'assignmentsEnded' as ended from waymark.audit_entry
      where action = 'accounts.hand-over' and subject = ${ratana.accountId}`.execute(owner);
    expect(said.rows).toEqual([{ along: 1, ended: 2 }]);
    const { rows } = await sql<{ account: string; ended: boolean; by: string }>`
      select account_id as account, ended_at is not null as ended, given_by as by from waymark.assignment where kind = 'case_worker' order by given_at`.execute(
      owner,
    );
    // Whom she had until yesterday, or who said no to her, is nobody's to hand over, nor whoever is in the care of another organisation.
    expect(rows).toEqual([
      { account: ratana.accountId, ended: false, by: 'set-up' },
      { account: ratana.accountId, ended: true, by: 'set-up' },
      { account: world.app.accountIds.other_case_worker, ended: false, by: 'set-up' },
      { account: ratana.accountId, ended: true, by: 'set-up' },
      { account: world.app.accountIds.other_case_worker, ended: true, by: 'set-up' },
      ...[objects, refused].map(() => ({ account: ratana.accountId, ended: true, by: 'not agreed' })),
      { account: next.accountId, ended: false, by: world.app.accountIds.administrator },
    ]);
    // And back, without anybody.
    const back = await handOver(body.to, { accountId: ratana.accountId, version: body.from.version });
    expect([back.status, back.body.assignments]).toEqual([200, 0]);
    expect((await nok.get(path.replace(ratana.posts[0]?.postId ?? '', uuidv7()))).body).toEqual({ assignments: 0, ending: 0 });
  });

  it('is refused whole where anything is in its way', async () => {
    const { account } = await make('analyst', { placeId: world.app.land.west.placeId });
    const { account: officer } = await make('district_officer', { placeId: world.app.land.west.placeId });
    const to = { accountId: officer.accountId, version: officer.version };
    expect((await handOver(account, to)).body).toEqual(refused('bad-input')); // another role
    expect((await handOver(account, { accountId: account.accountId, version: account.version })).body).toEqual(refused('bad-input'));
    expect((await handOver(account, { ...to, version: 99 })).body).toEqual(refused('changed-meanwhile'));
    expect((await handOver(account, to, { version: 99 })).body).toEqual(refused('changed-meanwhile'));
    expect((await handOver(account, to, { withAssignments: true })).body).toEqual(refused('bad-input'));
    expect((await handOver(account, { userName: 'nok', displayName: 'Not she' })).body).toEqual(refused('already-there'));
    expect((await handOver(account, { accountId: 'nobody', version: 1 })).body).toEqual(refused('not-found'));
    const { account: out } = await make();
    const shut = (await nok.patch<Account>(`/api/accounts/${out.accountId}`, { disabled: true, version: out.version })).body;
    expect((await handOver(account, { accountId: out.accountId, version: shut.version })).body).toEqual(refused('bad-input'));
    expect((await find(account.accountId)).posts).toHaveLength(1);
    expect((await find(account.accountId)).version).toBe(account.version);
  });

  it('leaves an administrator who can come in', async () => {
    const me = await find(world.app.accountIds.administrator);
    expect((await handOver(me, { userName: 'not.yet', displayName: 'Not yet' })).body).toEqual(refused('bad-input'));
    expect((await find(me.accountId)).posts).toHaveLength(1);
  });

  it('goes to one person, also where two administrators hand it over at the same moment', async () => {
    const { account } = await make('analyst', { placeId: world.app.land.west.placeId });
    const heirs = await Promise.all([make(), make()]);
    const answers = await Promise.all(heirs.map(({ account: { accountId, version } }) => handOver(account, { accountId, version })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    // Each to the other at the same moment: nobody waits for ever.
    const [one, two] = await Promise.all([0, 1].map(() => make('analyst', { placeId: world.app.land.east.placeId })));
    const across = await Promise.all([
      handOver(one!.account, { accountId: two!.account.accountId, version: two!.account.version }),
      handOver(two!.account, { accountId: one!.account.accountId, version: one!.account.version }),
    ]);
    for (const { status } of across) expect([400, 409]).toContain(status);
  });
});

describe('a code in the hand of whoever leaves', () => {
  const leaving = async () => {
    const { account, password } = await make('district_officer', { placeId: world.app.land.east.placeId });
    const officer = await world.app.anonymous().signIn(account.userName, password);
    const body = { displayName: 'Somebody invited', placeId: world.app.land.eastVillages[0].placeId };
    const { slip } = (await officer.post<VolunteerWithSlip>('/api/volunteers', body)).body;
    return { account, slip };
  };
  const endPost = async ({ accountId, posts, version }: Account) =>
    (await nok.delete<Account>(`/api/accounts/${accountId}/posts/${posts[0]?.postId}?version=${version}`)).body;
  const comesIn = async ({ userName, code }: Slip) =>
    (await world.app.anonymous().post('/api/welcome', { userName, code, password: 'rice boat morning' })).status;

  it('opens nothing once her post ended or she is shut out', async () => {
    const [one, two, stays] = [await leaving(), await leaving(), await leaving()];
    await endPost(one.account);
    expect((await nok.patch(`/api/accounts/${two.account.accountId}`, { disabled: true, version: two.account.version })).status).toBe(200);
    expect([await comesIn(one.slip), await comesIn(two.slip), await comesIn(stays.slip)]).toEqual([401, 401, 200]);
  });

  it('opens her own old post to nobody who was invited by her and took it over', async () => {
    const { account, slip } = await leaving();
    const volunteer = await endPost(await find(slip.accountId));
    expect((await handOver(account, { accountId: volunteer.accountId, version: volunteer.version })).status).toBe(200);
    expect(await comesIn(slip)).toBe(401);
    expect((await find(slip.accountId)).posts).toMatchObject([{ role: 'district_officer' }]);
  });
});

describe('giving and ending a post', () => {
  it('is refused to whoever saw the account as it was before', async () => {
    const { account } = await make();
    const posts = `/api/accounts/${account.accountId}/posts`;
    const give = (placeId: string, version: number) => nok.post<Account>(posts, { role: 'analyst', placeId, version });
    const first = await give(world.app.land.east.placeId, account.version);
    expect(first.status).toBe(201);
    expect((await give(world.app.land.west.placeId, account.version)).body).toEqual(refused('changed-meanwhile'));
    const post = `${posts}/${first.body.posts[0]?.postId}`;
    expect((await nok.delete(`${post}?version=${account.version}`)).body).toEqual(refused('changed-meanwhile'));
    expect((await nok.delete(post)).body).toEqual(refused('bad-input'));
    expect((await nok.delete(`${post}?version=${first.body.version}`)).status).toBe(200);
  });
});

describe('organisations', () => {
  it('are added, renamed and ended, with every post in them', async () => {
    const made = await nok.post<Organisation>('/api/organisations', {
      name: ' Green Door ',
      kind: 'ngo',
      placeId: world.app.land.east.placeId,
    });
    expect(made.body).toMatchObject({ name: 'Green Door', kind: 'ngo', place: { code: 'XA11' }, accounts: 0, ended: false, version: 1 });
    const path = `/api/organisations/${made.body.organisationId}`;
    expect((await nok.post('/api/organisations', { name: 'green door', kind: 'other' })).body).toEqual(refused('already-there'));
    for (const name of ['', '  ', '<b>', 'a\u0000', 'x'.repeat(201)])
      expect((await nok.post('/api/organisations', { name, kind: 'ngo' })).body).toEqual(refused('bad-input'));
    expect((await nok.patch(path, { name: 'safe HARBOUR', version: 1 })).body).toEqual(refused('already-there'));
    const renamed = await nok.patch<Organisation>(path, { name: 'Blue Door', version: 1 });
    expect(renamed.body).toMatchObject({ name: 'Blue Door', version: 2 });
    expect((await nok.patch(path, { name: 'Red Door', version: 1 })).body).toEqual(refused('changed-meanwhile'));
    const { account, password } = await make('case_worker', { organisationId: made.body.organisationId });
    const worker = await world.app.anonymous().signIn(account.userName, password);
    const list = (await nok.get<{ rows: Organisation[] }>('/api/organisations')).body.rows;
    expect(list.map(({ name, accounts }) => [name, accounts > 0])).toEqual([
      ['Blue Door', true],
      ['Hill Lantern', true],
      ['Safe Harbour', true],
    ]);
    expect((await nok.patch(path, { ended: true, version: 2 })).body).toMatchObject({ ended: true, accounts: 0 });
    expect((await worker.get<Me>('/api/me')).body.roles).toEqual([]);
    expect((await find(account.accountId)).posts).toEqual([]);
    expect((await nok.patch(path, { name: 'Again', version: 3 })).body).toEqual(refused('bad-input'));
    expect((await make('case_worker', { organisationId: made.body.organisationId })).account).toBeUndefined();
    // Its name is free again.
    expect((await nok.post('/api/organisations', { name: 'Blue Door', kind: 'other' })).status).toBe(201);
    expect((await safeHarbour()).ended).toBe(false);
  });
});

describe('the file of accounts', () => {
  it('holds those that were on the screen, in their order, and the record says how many', async () => {
    const [one, two] = [await make('analyst', { placeId: world.app.land.east.placeId }), await make()];
    const accountIds = [two.account.accountId, one.account.accountId, 'nobody', two.account.accountId];
    const file = await nok.post('/api/accounts.csv', { accountIds });
    expect(
      file.text
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual([two.account.userName, one.account.userName]);
    const { rows } = await sql<{ n: number }>`
      select (detail ->> 'accounts')::int as n from waymark.audit_entry where action = 'accounts.export' order by at desc limit 1`.execute(
      world.app.db.owner,
    );
    expect(rows).toEqual([{ n: 2 }]);
    expect((await nok.post('/api/accounts.csv', { accountIds: [] })).text.trimEnd().split('\r\n')).toHaveLength(1);
  });
});
