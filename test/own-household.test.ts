// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnAccountWithSlip } from '../src/access/domain/own-account.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import type { Printout } from '../src/people/domain/printout.ts';
import type { PersonRisk } from '../src/risk/domain/person-risk.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { installInstruments } from '../src/risk/server/index.ts';
import { startApp, type TestApp } from './support/app.ts';
import type { Client } from './support/client.ts';
import { identityOf, writtenTwice } from './support/written-twice.ts';

/** What one of a household told of violence in it, another of the same household must not find out by the account for his own record. */
let app: TestApp;
let ratana: Client, som: Client, his: Client;
let regionId: number, personId: string, householdId: string;
const words = 'rice boat morning';
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

async function told(answers: object, about: { subjectKind: string; subjectId: string }, observedAt: string): Promise<void> {
  const body = { assessmentId: uuidv7(), regionId, instrument: 'household-28', ...about, answers, observedAt };
  expect((await som.post('/api/assessments', body)).status).toBeLessThan(300);
}

beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  [ratana, som] = [await app.as('case_worker'), await app.as('district_officer')];
  ({ regionId } = app.land.east);
  const twice = await writtenTwice(app);
  ({ personId } = await twice.register('district_officer', app.land.eastVillages[0].placeId, identityOf('Somebody Anovich')));
  const record = (await som.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body;
  householdId = record.householdId!;
  await som.post(`/api/people/${regionId}/${personId}/assignments`, { assignmentId: uuidv7(), accountId: app.accountIds.case_worker });
  await told({ school_attendance: 2, stigma_or_past_exploitation: 3 }, { subjectKind: 'person', subjectId: personId }, daysAgo(3));
  const invited = await ratana.post<OwnAccountWithSlip>(`/api/people/${regionId}/${personId}/account`, { wished: true, phoneIsSafe: true });
  const { userName, code } = invited.body.slip;
  expect((await app.anonymous().post('/api/welcome', { userName, code, password: words })).status).toBe(200);
  his = await app.anonymous().signIn(userName, words);
}, 90_000);
afterAll(() => app?.close());

/** Every open question of a kind, answered with a 2. */
const openAnswers = (unit: 'person' | 'household'): object =>
  Object.fromEntries(
    household28.indicators
      .filter((each) => each.unit === unit && !each.protected)
      .map(({ code, bySex }) => [code, bySex ? { female: 2, male: 2 } : 2]),
  );

const risk = async (client: Client) => (await client.get<PersonRisk>(`/api/people/${regionId}/${personId}/risk`)).body;
const printout = async (client: Client) => (await client.get<Printout>(`/api/people/${regionId}/${personId}/printout`)).body.instruments;

describe('what somebody told of the household', () => {
  it('changes nothing that another of it sees by his own account: not a word, not the index, not how much is known', async () => {
    const before = [await risk(his), await printout(his)];
    expect(before[0]).toMatchObject({ standing: { index: expect.any(Number) }, timeline: [{ about: 'person' }] });
    await told({ family_violence: 3, debt: 3 }, { subjectKind: 'household', subjectId: householdId }, daysAgo(2));
    expect((await risk(ratana)).timeline.map(({ about }) => about)).toEqual(['household', 'person']);
    expect([await risk(his), await printout(his)]).toEqual(before);
  });

  it('is behind no other door of his', async () => {
    for (const path of [
      `/api/households/${regionId}/${householdId}/risk`,
      `/api/households/${regionId}/${householdId}`,
      `/api/people/list`,
      `/api/where-first?instrument=household-28`,
    ])
      expect((await his.get(path)).status, path).toBeGreaterThanOrEqual(400);
  });

  it('is read by the case worker, and not printed on the page that is handed over', async () => {
    const { questions } = await risk(ratana);
    expect(questions.find(({ code }) => code === 'family_violence')).toMatchObject({ private: true, score: 3 });
    const [sheet] = await printout(ratana);
    expect(sheet!.answers.map(({ question }) => question)).not.toContain(questions.find(({ code }) => code === 'family_violence')!.title);
    expect(sheet!.answers.filter(({ about }) => about === 'household')).toHaveLength(1);
    expect(sheet!.hidden).toBe(2);
  });

  /** The page and its file, but for the moment they were made and who read the name before. */
  async function paper(client: Client): Promise<readonly [page: Printout, file: string]> {
    const path = `/api/people/${regionId}/${personId}/printout`;
    const page = await client.get<Printout>(path),
      file = await client.get(`${path}.csv`);
    expect([page.status, file.status]).toEqual([200, 200]);
    return [{ ...page.body, madeAt: '', readings: [] }, file.text.replace(/^record,made,.*$/m, '').replace(/^reading,.*\s+/gm, '')];
  }

  it('changes no letter of what is handed over, not the number and not the days, whoever prints it', async () => {
    const about = { subjectKind: 'household', subjectId: householdId };
    // Enough open answers for a band of their own.
    await told(openAnswers('person'), { subjectKind: 'person', subjectId: personId }, daysAgo(40));
    await told(openAnswers('household'), about, daysAgo(40));
    const [mali, orn] = [await app.as('coordinator'), await app.as('watch_volunteer')];
    const printers = { ratana, som, mali, orn, his };
    const all = async () => {
      const papers = Object.entries(printers).map(async ([who, client]) => [who, await paper(client)] as const);
      return Object.fromEntries(await Promise.all(papers));
    };
    const before = [await all(), (await risk(ratana)).standing] as const;
    const hers = before[0]['ratana']![0].instruments[0]!,
      others = before[0]['som']![0].instruments[0]!;
    expect(hers.standing).toMatchObject({ band: expect.any(Number), index: expect.any(Number), observedOn: expect.any(String) });
    // Her own private answers are on the paper of her case worker, and in its number; on nobody else's.
    expect([hers.answers.length - others.answers.length, hers.hidden, others.hidden]).toEqual([1, 2, 7]);
    expect(hers.standing!.index).not.toBe(others.standing!.index);
    for (const [answers, days] of [
      [{ family_violence: 1, household_migration: 1 }, 1],
      [{ family_violence: 3, household_migration: 2 }, 0],
    ] as const) {
      await told(answers, about, daysAgo(days));
      const after = await risk(ratana);
      expect(after.standing!.index).not.toBe(before[1]!.index);
      expect(after.standing!.observedOn).not.toBe(before[1]!.observedOn);
      expect(await all()).toEqual(before[0]);
    }
  });

  it('once she has left it, is in no number of a past day either, nor in the line of them: it is not her case worker’s to read', async () => {
    const { version } = (await som.get<PersonRecord>(`/api/people/${regionId}/${personId}`)).body;
    const to = { placeId: app.land.eastVillages[0].placeId, householdId: null, onDate: daysAgo(0).slice(0, 10), version };
    expect((await som.post(`/api/people/${regionId}/${personId}/move`, to)).status).toBe(200);
    const then = daysAgo(10).slice(0, 10);
    const ask = async () => (await ratana.get<PersonRisk>(`/api/people/${regionId}/${personId}/risk?on=${then}`)).body;
    const before = await ask();
    expect(before).toMatchObject({ whole: true, standing: { index: expect.any(Number) } });
    await told({ family_violence: 3, household_migration: 3 }, { subjectKind: 'household', subjectId: householdId }, daysAgo(15));
    const after = await ask();
    expect(after.timeline[0]).toMatchObject({ about: 'household', answers: [], privateReason: 'private reason' });
    const figures = ({ standing, history }: PersonRisk) =>
      [standing, ...history].map((each) => [each!.index, each!.low, each!.high, each!.coverage]);
    const unlike = figures(after).filter((one) => !figures(before).some((other) => other.join() === one.join()));
    expect(unlike).toEqual([]);
    expect(after.questions.filter((each) => each.private && each.unit === 'household')).toEqual([]);
    expect(after.questions.filter((each) => each.private && each.unit === 'person')).toHaveLength(5);
  });
});
