// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNumber } from '../src/platform/domain/record-number.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';

/**
 * Two women of one village, alike in everything but in which of their answers is the worst: one private matter of the one, another of the
 * other. Whoever is not their case worker gets the same answer about both, letter for letter, whatever is asked: then nothing that is
 * answered can tell which.
 */
const now = new Date('2026-11-22T04:00:00Z');
const observedAt = '2026-11-01T03:00:00.000Z';
const open = { school_attendance: 1, identity_documents: 2, migration_knowledge: 3, recruiter_contact: 1 } as const;
const one = { ...open, intention_to_leave: 3, hiv_and_orphanhood: 1 } as const,
  other = { ...open, intention_to_leave: 1, hiv_and_orphanhood: 3 } as const;
interface Woman {
  readonly personId: string;
  readonly householdId: string;
  readonly assessmentId: string;
}
const women: Woman[] = [one, other].map(() => ({ personId: uuidv7(), householdId: uuidv7(), assessmentId: uuidv7() }));
let app: TestApp, regionId: number, basisId: string;

async function register({ personId, householdId }: Woman): Promise<void> {
  const identity = { names: [{ kind: 'official', full: 'Invented Sister' }], phones: [], documents: [] };
  const member = { personId, sex: 2, bornOn: '1999-05-01', bornPrecision: 2, identity, consents: [] };
  const body = { householdId, placeId: app.land.eastVillages[0].placeId, basisId, members: [member] };
  expect((await (await app.as('district_officer')).post('/api/people', body)).status).toBe(201);
}

beforeAll(async () => {
  app = await startApp({ everyRole: true, now: () => now });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner);
  const village = app.land.eastVillages[0];
  regionId = village.regionId;
  const som = await app.as('district_officer');
  for (const [i, { personId, householdId, assessmentId }] of women.entries()) {
    await register({ personId, householdId, assessmentId });
    const visit = {
      assessmentId,
      subjectKind: 'person',
      subjectId: personId,
      regionId,
      instrument: 'household-28',
      answers: i === 0 ? one : other,
      observedAt,
    };
    expect((await som.post('/api/assessments', visit)).status).toBe(201);
  }
}, 90_000);
afterAll(() => app?.close());

/** What was answered about somebody, with all that is hers alone taken out: ids, numbers, the moment of recording. */
function plain(text: string, woman: Woman): string {
  return text
    .replaceAll(woman.personId, 'PERSON')
    .replaceAll(woman.householdId, 'HOUSEHOLD')
    .replaceAll(woman.assessmentId, 'ASSESSMENT')
    .replaceAll(recordNumber(woman.personId), 'NUMBER')
    .replace(/"(assessmentId|eventId|entryId|instance)":"[^"]*"/g, '"$1":"-"')
    .replace(/"(registeredAt|recordedAt|createdAt|printedAt)":"[^"]*"/g, '"$1":"-"');
}

const aboutHer: Record<string, (woman: Woman) => string> = {
  record: ({ personId }) => `/api/people/${regionId}/${personId}`,
  risk: ({ personId }) => `/api/people/${regionId}/${personId}/risk?instrument=household-28`,
  'risk on a past day': ({ personId }) => `/api/people/${regionId}/${personId}/risk?instrument=household-28&on=2026-11-10`,
  household: ({ householdId }) => `/api/households/${regionId}/${householdId}`,
  'risk of the household': ({ householdId }) => `/api/households/${regionId}/${householdId}/risk?instrument=household-28`,
  merges: ({ personId }) => `/api/people/${regionId}/${personId}/merges`,
  printout: ({ personId }) => `/api/people/${regionId}/${personId}/printout`,
};
/** Women alike in every open answer and in the private ones that are a reason at all times; each but the first has one other private answer. */
const sisters = (() => {
  let made: Promise<{ other: string; woman: Woman }[]> | undefined;
  const variants = ['', 'hiv_and_orphanhood', 'exclusion', 'stigma_or_past_exploitation', 'intention_to_leave', 'family_violence'];
  const always: Readonly<Record<string, 3>> = { legal_status: 3, household_migration: 3 };
  const answered = (unit: 'person' | 'household', other: string) =>
    Object.fromEntries(
      household28.indicators
        .filter((each) => each.unit === unit)
        .map(({ code, protected: hidden, bySex }) => {
          const answer = always[code] ?? (code === other ? 3 : hidden ? 1 : 2);
          return [code, bySex ? { female: answer } : answer];
        }),
    );
  async function make(): Promise<{ other: string; woman: Woman }[]> {
    const som = await app.as('district_officer');
    return Promise.all(
      variants.map(async (other) => {
        const woman = { personId: uuidv7(), householdId: uuidv7(), assessmentId: uuidv7() };
        await register(woman);
        for (const [subjectKind, subjectId] of [
          ['household', woman.householdId],
          ['person', woman.personId],
        ] as const) {
          const visit = {
            assessmentId: subjectKind === 'person' ? woman.assessmentId : uuidv7(),
            subjectKind,
            subjectId,
            regionId,
            instrument: 'household-28',
            answers: answered(subjectKind, other),
            observedAt: '2025-09-15T03:00:00.000Z',
          };
          expect((await som.post('/api/assessments', visit)).status).toBe(201);
        }
        return { other, woman };
      }),
    );
  }
  return () => (made ??= make());
})();
/**
 * Women alike in every open answer, of whom little is known ("unknown", whatever is said in private), each in a household of her own; all say
 * something private of herself and of the household, so that every visit reads "private reason". Each has these private answers besides.
 */
async function alike(opened: Readonly<Record<string, 3>>, variants: readonly (readonly string[])[]): Promise<Woman[]> {
  const som = await app.as('district_officer');
  return Promise.all(
    variants.map(async (others) => {
      const woman = { personId: uuidv7(), householdId: uuidv7(), assessmentId: uuidv7() };
      await register(woman);
      for (const [subjectKind, subjectId] of [
        ['household', woman.householdId],
        ['person', woman.personId],
      ] as const) {
        const always = subjectKind === 'person' ? { legal_status: 3, ...opened } : { household_migration: 3 };
        const said = household28.indicators.filter((each) => each.unit === subjectKind && each.protected && !(each.code in always));
        const visit = {
          assessmentId: subjectKind === 'person' ? woman.assessmentId : uuidv7(),
          subjectKind,
          subjectId,
          regionId,
          instrument: 'household-28',
          answers: { ...always, ...Object.fromEntries(said.map(({ code }) => [code, others.includes(code) ? 3 : 1])) },
          observedAt,
        };
        expect((await som.post('/api/assessments', visit)).status).toBe(201);
      }
      return woman;
    }),
  );
}
const near: readonly PersonName[] = ['coordinator', 'district_officer', 'watch_volunteer'];

describe('protected answers', () => {
  it('make no difference in what anybody but the case worker reads of one person', async () => {
    for (const who of near) {
      const client = await app.as(who);
      for (const [what, path] of Object.entries(aboutHer)) {
        const [first, second] = [await client.get(path(women[0]!)), await client.get(path(women[1]!))];
        expect([who, what, second.status, plain(second.text, women[1]!)]).toEqual([who, what, first.status, plain(first.text, women[0]!)]);
      }
    }
  });

  it('nor in any list, in any order, nor in its file', async () => {
    const mali = await app.as('coordinator');
    const place = app.land.eastVillages[0].placeId;
    for (const sort of ['urgency', 'renewal', 'seen']) {
      const answer = await mali.get<{ rows?: { personId: string }[] }>(
        `/api/people/list?instrument=household-28&place=${place}&sort=${sort}`,
      );
      expect([sort, answer.status]).toEqual([sort, 200]);
      const rows = (answer.body.rows ?? [])
        .filter((row) => women.some(({ personId }) => personId === row.personId))
        .map((row) =>
          plain(
            JSON.stringify(row),
            women.find(({ personId }) => personId === row.personId)!,
          ),
        );
      expect([sort, new Set(rows).size, rows.length]).toEqual([sort, 1, 2]);
    }
    const file = await mali.get(`/api/people/list.csv?instrument=household-28&place=${place}`);
    expect([file.status, /intention|orphan|hiv/i.test(file.text)]).toEqual([200, false]);
  });

  it('cannot be guessed by sending an answer again: the same id with another private answer is the same visit', async () => {
    const som = await app.as('district_officer');
    const [woman] = women;
    const visit = (answers: object) => ({
      assessmentId: woman!.assessmentId,
      subjectKind: 'person',
      subjectId: woman!.personId,
      regionId,
      instrument: 'household-28',
      answers,
      observedAt,
    });
    const [right, wrong] = [await som.post('/api/assessments', visit(one)), await som.post('/api/assessments', visit(other))];
    expect([right.status, right.text]).toEqual([wrong.status, wrong.text]);
  });

  it('cannot be subtracted from an index: whichever of them is other, on whatever day, everybody reads the same beside the same band', async () => {
    const worlds = await sisters();
    const days = ['', '&on=2025-09-20', '&on=2026-03-20'];
    let compared = 0;
    for (const who of near) {
      const client = await app.as(who);
      const asked = async (woman: Woman) => {
        const answers = new Map<string, { text: string; bands: string }>();
        for (const [what, path] of Object.entries(aboutHer))
          for (const day of what === 'risk' ? days : what === 'risk on a past day' ? [] : ['']) {
            const { status, text } = await client.get(`${path(woman)}${day}`);
            expect([who, what, status]).toEqual([who, what, what === 'merges' && who === 'watch_volunteer' ? status : 200]);
            answers.set(`${what}${day}`, { text: plain(text, woman), bands: (text.match(/"band":\d/g) ?? []).join() });
          }
        return answers;
      };
      const base = await asked(worlds[0]!.woman);
      for (const { other: code, woman } of worlds.slice(1)) {
        for (const [what, { text, bands }] of await asked(woman)) {
          if (bands !== base.get(what)!.bands) continue;
          compared++;
          expect([who, code, what, text]).toEqual([who, code, what, base.get(what)!.text]);
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('nor found by the order of a list: within a band, people whose open answers are alike are sorted by nothing of theirs', async () => {
    const worlds = await sisters();
    const { rows } = await sql<{ urgency: number }>`
      select distinct l.urgency from waymark.listing l where l.person_id = any (${worlds.map(({ woman }) => woman.personId)}::uuid[])`.execute(
      app.db.owner,
    );
    expect(rows).toHaveLength(1);
    const mali = await app.as('coordinator');
    const file = await mali.get(`/api/people/list.csv?instrument=household-28&place=${app.land.eastVillages[0].placeId}`);
    const lines = worlds.map(({ woman }) => plain(file.text.split('\r\n').find((line) => line.includes(woman.personId)) ?? '', woman));
    expect([new Set(lines).size, lines[0]!.includes('PERSON')]).toEqual([1, true]);
  });

  it('make one difference, and no other: a private answer that warns says so, as "private reason", where nothing open warns', async () => {
    // INSTRUMENT.md: a `!` answer raises a warning whatever the index, and a protected one reads "private reason" in lists and alerts: otherwise
    // nobody would come to a woman beaten at home. That she is warned of is told, today and where no open answer warns of her already;
    // which of the private questions it is, is not (docs/decisions/0013-protected-answers.md).
    const quiet = [[], ['hiv_and_orphanhood', 'exclusion', 'intention_to_leave']],
      warning = [['stigma_or_past_exploitation'], ['family_violence'], ['family_violence', 'stigma_or_past_exploitation', 'exclusion']];
    const openly = await alike({ identity_documents: 3 }, [[], ...warning]),
      calm = await alike({}, quiet),
      warned = await alike({}, warning);
    const told = '"warnings":["private reason"]',
      differs = ['risk', 'risk of the household'];
    const orn = await app.as('watch_volunteer');
    const read = async (woman: Woman, what: string) => plain((await orn.get(aboutHer[what]!(woman))).text, woman);
    for (const what of Object.keys(aboutHer)) {
      const [open, ...others] = await Promise.all(openly.map((woman) => read(woman, what)));
      for (const text of others) expect([what, text]).toEqual([what, open]);
      const [base, ...rest] = await Promise.all(calm.map((woman) => read(woman, what)));
      for (const text of rest) expect([what, text]).toEqual([what, base]);
      const [one, ...more] = await Promise.all(warned.map((woman) => read(woman, what)));
      for (const text of more) expect([what, text]).toEqual([what, one]);
      // Paper, record, merges and every past day say nothing of it at all.
      expect([what, one!.includes(told)]).toEqual([what, differs.includes(what)]);
      expect([what, one!.replaceAll(told, '"warnings":[]')]).toEqual([what, base]);
    }
    const mali = await app.as('coordinator'),
      place = app.land.eastVillages[0].placeId;
    const file = (await mali.get(`/api/people/list.csv?instrument=household-28&place=${place}`)).text.split('\r\n');
    const lines = (women: readonly Woman[]): Set<string> =>
      new Set(women.map((woman) => plain(file.find((line) => line.includes(woman.personId)) ?? '', woman)));
    for (const group of [openly, calm, warned]) expect(lines(group).size).toBe(1);
    expect([...lines(warned)][0]!.replace(',private reason,', ',,')).toBe([...lines(calm)][0]);
    // Within the list each group stands together, sorted by nothing of hers.
    const { rows } = await sql<{ id: string; urgency: number }>`select person_id as id, urgency from waymark.listing`.execute(app.db.owner);
    const urgencies = (women: readonly Woman[]): number[] => [
      ...new Set(rows.filter(({ id }) => women.some(({ personId }) => personId === id)).map(({ urgency }) => urgency)),
    ];
    for (const group of [openly, calm, warned]) expect(urgencies(group)).toHaveLength(1);
    expect(urgencies(warned)[0]).toBe(urgencies(calm)[0]! + 10_000);
  });

  it('are read by her case worker, as they were said', async () => {
    await sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
      values (${regionId}, ${uuidv7()}, ${women[1]!.personId}, 'case_worker', ${app.accountIds.case_worker}, 'set-up')`.execute(
      app.db.owner,
    );
    const ratana = await app.as('case_worker');
    const answer = await ratana.get(aboutHer['risk']!(women[1]!));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('hiv_and_orphanhood');
  });

  it('stand in no log line, no record of use, no count of answers', async () => {
    expect(app.logLines.join('\n')).not.toMatch(/intention_to_leave|hiv_and_orphanhood/);
    const { rows } = await sql<{ n: number }>`
      select (select count(*) from waymark.audit_entry where detail::text ~ 'intention_to_leave|hiv_and_orphanhood')::int
           + (select count(*) from waymark.rollup_answer where indicator in ('intention_to_leave', 'hiv_and_orphanhood'))::int as n`.execute(
      app.db.owner,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});
