// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ageGroupOn } from '../src/people/domain/age-group.ts';
import { recount } from '../src/risk/server/index.ts';
import { testDatabase, type TestDatabase } from '../test/support/database.ts';
import { demoAccounts } from './accounts.ts';
import { makeGeography } from './geography.ts';
import { demoFiles, demoSeed, filesFolder } from './make.ts';
import { seedDemo } from './seed.ts';

describe('the files of the demo province', () => {
  it('are what demo/make.ts makes', () => {
    for (const [name, text] of Object.entries(demoFiles())) expect(readFileSync(join(filesFolder, name), 'utf8') === text, name).toBe(true);
  });

  it('have 9 districts and 124 villages with names in two scripts, all different, and about 120,000 people', () => {
    const rows = (name: string) =>
      readFileSync(join(filesFolder, name), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    const villages = rows('villages.csv');
    expect(rows('districts.csv')).toHaveLength(9);
    expect(villages).toHaveLength(124);
    expect(new Set(villages.map((v) => v[1])).size).toBe(124);
    expect(villages.every((v) => /^[\u0E00-\u0E7F]+$/.test(v[2]!) && /^[A-Za-z ]+$/.test(v[1]!))).toBe(true);
    const people = villages.reduce((sum, v) => sum + Number(v[6]), 0);
    expect(Math.abs(people - 120_000)).toBeLessThan(200);
  });

  it('say that they are fictional', () => {
    expect(readFileSync(join(filesFolder, 'places.yaml'), 'utf8')).toContain('fictional');
    expect(readFileSync(join(filesFolder, 'province.csv'), 'utf8')).toContain('(fictional)');
  });

  it('tessellate: every arc inside belongs to two villages, so no gap and no overlap', () => {
    const { boundaries } = makeGeography(demoSeed);
    const uses = new Map<number, number>();
    const count = (arcs: unknown): void => {
      if (typeof arcs === 'number') {
        const arc = arcs < 0 ? ~arcs : arcs;
        uses.set(arc, (uses.get(arc) ?? 0) + 1);
      } else (arcs as unknown[]).forEach(count);
    };
    const outline = new Set<number>();
    const collect = (arcs: unknown): void => {
      if (typeof arcs === 'number') outline.add(arcs < 0 ? ~arcs : arcs);
      else (arcs as unknown[]).forEach(collect);
    };
    const objects = boundaries.objects as unknown as Record<string, { geometries: { arcs: unknown }[] }>;
    objects['villages']!.geometries.forEach((g) => count(g.arcs));
    objects['province']!.geometries.forEach((g) => collect(g.arcs));
    for (const [arc, n] of uses) expect(n).toBe(outline.has(arc) ? 1 : 2);
  });
});

describe('a seeded demo (with few people)', () => {
  let db: TestDatabase;
  const now = new Date();
  beforeAll(async () => {
    db = await testDatabase();
    await seedDemo(db.urls, { now, share: 0.04 });
  }, 180_000);
  afterAll(() => db.close());

  it('keeps figures that equal a recount by the engine', async () => {
    expect(await recount(db.owner)).toEqual([]);
  });

  it('has people in every band, and places in every band', async () => {
    const { rows } = await sql<{ kind: string; band: number; n: number }>`
      select subject_kind as kind, band, count(*)::integer as n from waymark.standing group by 1, 2 order by 1, 2`.execute(db.owner);
    expect(rows.filter((r) => r.kind === 'person').map((r) => r.band)).toEqual([0, 1, 2, 3]);
    expect(rows.filter((r) => r.kind === 'place').map((r) => r.band)).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  it('has some to whom somebody should go today, of whom one only says a private reason, and not so many that nobody could', async () => {
    const { rows } = await sql<{ warned: number; villages: number; hidden: number; orn: number }>`
      select count(*)::integer as warned, count(distinct l.place_id)::integer as villages, count(w.person_id)::integer as hidden,
             (count(*) filter (where p.code = 'XA010301'))::integer as orn
      from waymark.listing l join waymark.place p using (place_id)
      left join lateral waymark.private_warnings('household-28', array[l.region_id], array[l.person_id]) w on true
      where l.urgency >= 10000`.execute(db.owner);
    const [{ warned, villages, hidden, orn }] = rows as [(typeof rows)[number]];
    expect([warned > 15, warned < 60, villages >= 15, hidden > 0, orn > 0]).toEqual([true, true, true, true, true]);
  });

  it('tells the same of a past month as the engine does from the visits', async () => {
    const [month] = (
      await sql<{ month_end: string }>`select max(month_end) as month_end from waymark.rollup_month where month_end < '2026-05-01'`.execute(
        db.owner,
      )
    ).rows;
    const kept = await sql<{ key: string; n: number }>`
      select concat_ws(' ', m.place_id, m.sex, m.age_group, m.band) as key, m.n from waymark.rollup_month m join waymark.place p using (place_id)
      where p.level = 3 and m.month_end = ${month!.month_end} order by 1`.execute(db.owner);
    const scored = await sql<{ place_id: string; sex: number; band: number; born_on: string }>`
      with everyone as (select array_agg(region_id order by person_id) as regions, array_agg(person_id order by person_id) as ids from waymark.person where born_on <= ${month!.month_end}::date)
      select s.place_id, s.sex, s.band, p.born_on from everyone e
      cross join lateral waymark.score_people('household-28', e.regions, e.ids, (${month!.month_end}::date + 1)::timestamp at time zone 'Asia/Bangkok' - interval '1 millisecond') s
      join waymark.person p on p.person_id = s.person_id`.execute(db.owner);
    const recounted = new Map<string, number>();
    for (const r of scored.rows) {
      const key = `${r.place_id} ${r.sex} ${ageGroupOn(r.born_on, month!.month_end)} ${r.band}`;
      recounted.set(key, (recounted.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(kept.rows.map((r) => [r.key, r.n]))).toEqual(Object.fromEntries(recounted));
  });

  it('gives each account its post, and marks the installation as a demo last of all', async () => {
    const { rows } = await sql<{ user_name: string; role: string; code: string | null }>`
      select a.user_name, p.role, l.code from waymark.account a join waymark.post p using (account_id) left join waymark.place l using (place_id) order by 1`.execute(
      db.owner,
    );
    expect(rows).toEqual(
      demoAccounts
        .map((a) => ({ user_name: a.userName, role: a.role, code: a.place }))
        .toSorted((a, b) => (a.user_name < b.user_name ? -1 : 1)),
    );
    expect((await sql<{ is_demo: boolean }>`select is_demo from waymark.installation`.execute(db.owner)).rows).toEqual([{ is_demo: true }]);
  });

  it('has words of everybody, of each kind, and what follows from them', async () => {
    const { rows } = await sql<Record<string, number>>`
      select (select count(*)::int from waymark.person p where not exists (select from waymark.consent_event c where c.person_id = p.person_id and c.purpose = 'register')) as unasked,
        (select count(*)::int from waymark.person p where p.state = 1 and waymark.withdrawal_stands(p.region_id, p.person_id)) as restricted,
        (select count(*)::int from waymark.person where restricted_for = 'withdrawal') as "notUsed",
        (select count(*)::int from waymark.person_request where kind = 'erasure' and state = 'open') as asked,
        (select count(*)::int from waymark.assignment where ended_at is null and kind = 'case_worker') as care,
        (select count(*)::int from waymark.assignment where taken_back_by is not null) as ended,
        (select count(*)::int from waymark.assignment a where ended_at is null and kind = 'referral' and waymark.sharing_stands(region_id, person_id, organisation_id)) as referred,
        (select count(*)::int from waymark.assignment a where ended_at is null and kind = 'case_worker' and not waymark.use_stands(region_id, person_id, 'assist')) as unfounded`.execute(
      db.owner,
    );
    expect(rows[0]).toEqual({ unasked: 0, restricted: 3, notUsed: 3, asked: 3, care: 12, ended: 2, referred: 2, unfounded: 0 });
    const { rows: due } = await sql<{ n: number; lapsed: number }>`
      select (select count(*)::int from waymark.retention_due where category = 'consent_lapsed') as n, count(*)::int as lapsed from waymark.person p
      where restricted_at is null and not waymark.consent_stands(p.region_id, p.person_id, 'register', waymark.age_on(p.born_on, waymark.today()))`.execute(
      db.owner,
    );
    expect(due[0]!.n).toBe(due[0]!.lapsed);
    expect(due[0]!.n).toBeGreaterThan(0);
    const { rows: said } = await sql<{ key: string }>`
      select distinct concat_ws(' ', purpose, act, by_whom) as key from waymark.consent_event order by 1`.execute(db.owner);
    expect(said.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        'register given guardian',
        'register given assent',
        'contact refused self',
        'contact withdrawn self',
        'assist given guardian',
        'assist given assent',
        'assist withdrawn self',
        'share given self',
      ]),
    );
  });

  it('names no person anywhere', async () => {
    const { rows } = await sql<{ column_name: string }>`
      select table_name || '.' || column_name as column_name from information_schema.columns where table_schema = 'waymark' and table_name in ('person', 'household') and column_name ~ 'name|phone|document'`.execute(
      db.owner,
    );
    expect(rows).toEqual([]);
  });
});
