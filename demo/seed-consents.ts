// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';

/**
 * What the people of the demo said: everybody agreed to be in the register, children by a guardian and, from seven years, themselves; a few consents lapsed
 * with a birthday. In the villages with names (seed-names.ts) people were asked about being called as well: most agreed, some said no, some took it back.
 * Ratana accompanies a few, and some said no to that; two were referred; three want their records kept no longer. Set by set in the database: the
 * province has more words than people.
 */
export async function seedConsents(owner: Kysely<unknown>, now: Date): Promise<void> {
  await owner.transaction().execute(async (tx) => {
    await registerWords(tx, now);
    await contactWords(tx, now);
    await careWords(tx, now);
    await takenBack(tx, now);
    await sql`select waymark.find_retention_due(${now})`.execute(tx);
  });
}

/** Whom the words of everything but the register are about. */
const namedVillages = sql`(select place_id from waymark.place where level = 3 and right(code, 2) = '01')`;
/** Where enough live that a few of them in care give nobody away. */
const largeVillages = sql`(select place_id from waymark.person where place_id in ${namedVillages} group by 1 having count(*) > 20)`;
const columns = sql`(region_id, event_id, person_id, purpose, act, by_whom, way, language, wording, observed_at, recorded_at, actor_id)`;
/** Something of her own by which people differ, the same in every statement. */
const chance = sql`abs(hashtext(p.person_id::text))`;
const way = sql`(array['spoken', 'spoken', 'written', 'thumbprint'])[1 + ${chance} % 4]`;
const asked = sql`case when p.born_on <= waymark.today() - interval '18 years' then array['self']
  when p.born_on <= waymark.today() - interval '7 years' then array['guardian', 'assent'] else array['guardian'] end`;

/** One in ninety of those who turned seven or eighteen since was not asked anew: her consent lapsed, and whoever visits next asks. */
async function registerWords(tx: Kysely<unknown>, now: Date): Promise<void> {
  // `birthday`: the last one at which other people are asked. Whoever had it since she agreed was asked anew a few days
  // later; where that is still to come, on the birthday itself.
  await sql`
    create temp table agreed on commit drop as
    select p.region_id, p.person_id, ${chance} as chance, s.at, b.birthday, ${asked} as asked,
           o.older and row_number() over (partition by o.older order by ${chance}) <= greatest(1, count(*) over (partition by o.older) / 90) as lapsed
    from waymark.person p cross join (select waymark.today() as today) d
    cross join lateral (select ${now}::timestamptz - make_interval(days => 3 + ${chance} % 700, mins => ${chance} % 600) as at) s
    cross join lateral (select case when p.born_on <= d.today - interval '18 years' then p.born_on + interval '18 years'
      when p.born_on <= d.today - interval '7 years' then p.born_on + interval '7 years' else p.born_on end as birthday) b
    cross join lateral (select b.birthday > s.at and b.birthday > p.born_on as older) o`.execute(tx);
  await sql`
    insert into waymark.consent_event ${columns}
    select a.region_id, gen_random_uuid(), a.person_id, 'register', 'given', w.by_whom, (array['spoken', 'spoken', 'written', 'thumbprint'])[1 + a.chance % 4],
           'th', 'register 1', s.at, s.at, 'demo'
    from agreed a cross join lateral unnest(case when not a.lapsed then a.asked when cardinality(a.asked) = 2 then array['guardian'] else array['guardian', 'assent'] end) w(by_whom)
    cross join lateral (select case when a.lapsed then a.at else least(greatest(a.at, a.birthday + interval '5 days'),
      greatest(a.birthday at time zone waymark.time_zone(), ${now}::timestamptz - interval '2 days')) end as at) s`.execute(tx);
  // Recorded when it was said, so that the birthday lies behind the record.
  await sql`update waymark.person p set created_at = a.at from agreed a where a.lapsed and p.region_id = a.region_id and p.person_id = a.person_id`.execute(
    tx,
  );
}

async function contactWords(tx: Kysely<unknown>, now: Date): Promise<void> {
  await sql`
    insert into waymark.consent_event ${columns}
    select p.region_id, gen_random_uuid(), p.person_id, 'contact', w.act, x.by_whom, ${way}, 'th', 'register 1', w.at, w.at + interval '20 minutes', 'demo'
    from waymark.person p cross join lateral unnest(${asked}) x(by_whom)
    cross join lateral (
      select case when ${chance} % 10 = 9 then 'refused' else 'given' end as act, ${now}::timestamptz - make_interval(days => 40 + ${chance} % 300) as at
      union all select 'withdrawn', ${now}::timestamptz - make_interval(days => 3 + ${chance} % 30) where ${chance} % 20 = 8) w
    where p.place_id in ${namedVillages} and p.born_on < waymark.today() - interval '15 years' and ${chance} % 5 > 0`.execute(tx);
}

/** Who is most in need of somebody, in the larger villages with names: fourteen accompanied by Ratana, four of them children, two referred to her organisation. */
async function careWords(tx: Kysely<unknown>, now: Date): Promise<void> {
  await sql`
    create temp table in_care on commit drop as
    select x.region_id, x.person_id, row_number() over (order by x.asked = array['self'], x.nth) as nth, x.asked
    from (select p.region_id, p.person_id, ${asked} as asked, row_number() over (partition by ${asked} order by s.band desc, ${chance}) as nth
      from waymark.person p join waymark.standing s on s.region_id = p.region_id and s.subject_kind = 'person' and s.subject_id = p.person_id
      where p.place_id in ${largeVillages}) x
    where x.nth <= case when x.asked = array['self'] then 12 when x.asked = array['guardian', 'assent'] then 3 else 1 end`.execute(tx);
  await sql`
    insert into waymark.consent_event ${columns}
    select c.region_id, gen_random_uuid(), c.person_id, v.purpose, 'given', x.by_whom, 'spoken', 'th', null, v.at, v.at, 'demo'
    from in_care c cross join lateral unnest(c.asked) x(by_whom)
    cross join lateral (values ('assist', ${now}::timestamptz - make_interval(days => 90 + c.nth::integer)),
      ('share', case when c.nth > 14 then ${now}::timestamptz - interval '60 days' end)) v(purpose, at) where v.at is not null`.execute(tx);
  await sql`
    insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, organisation_id, given_at, given_by)
    select c.region_id, gen_random_uuid(), c.person_id, case when c.nth > 14 then 'referral' else 'case_worker' end,
           case when c.nth <= 14 then w.account_id end, case when c.nth > 14 then w.organisation_id end, ${now}::timestamptz - make_interval(days => 50), m.account_id
    from in_care c cross join (select o.account_id, o.organisation_id from waymark.post o join waymark.account a using (account_id) where a.user_name = 'ratana') w
    cross join (select account_id from waymark.account where user_name = 'mali') m`.execute(tx);
}

/** What was taken back ends in the database itself, as it does when it is written down on a phone. */
async function takenBack(tx: Kysely<unknown>, now: Date): Promise<void> {
  const days = (n: number) => sql`${now}::timestamptz - make_interval(days => ${n})`;
  await sql`
    insert into waymark.consent_event ${columns}
    select c.region_id, gen_random_uuid(), c.person_id, 'assist', 'withdrawn', c.asked[1], 'spoken', 'th', null, v.at, v.at, m.account_id
    from in_care c cross join lateral (select ${days(2)} + make_interval(hours => c.nth::integer) as at) v
    cross join (select account_id from waymark.account where user_name = 'mali') m where c.nth in (12, 13)`.execute(tx);
  await sql`
    insert into waymark.consent_event ${columns}
    select p.region_id, gen_random_uuid(), p.person_id, 'register', 'withdrawn', 'self', 'spoken', 'th', null, ${now}, ${now}, m.account_id
    from (select * from waymark.person p where p.place_id in ${largeVillages} and p.born_on < waymark.today() - interval '20 years'
            and not exists (select from in_care c where c.person_id = p.person_id) order by ${chance} limit 3) p
    cross join (select account_id from waymark.account where user_name = 'mali') m`.execute(tx);
}
