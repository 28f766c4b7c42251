// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnAccountWithSlip } from '../src/access/domain/own-account.ts';
import type { PersonRecord } from '../src/people/domain/person-record.ts';
import type { Printout } from '../src/people/domain/printout.ts';
import type { PersonRisk } from '../src/risk/domain/person-risk.ts';
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
});
