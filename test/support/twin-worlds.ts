// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import { seededId } from '../../src/platform/builders.ts';
import { recordNumber } from '../../src/platform/domain/record-number.ts';
import { household28 } from '../../src/risk/domain/instruments/household-28.ts';
import { installInstruments } from '../../src/risk/server/index.ts';
import { startApp, type TestApp } from './app.ts';
import { aBasis } from './basis.ts';

/** The day on which everything is asked; nothing that a test does stands on it but by the server's own clock. */
export const twinNow = new Date('2026-11-22T04:00:00Z');

export interface TwinWoman {
  readonly personId: string;
  readonly householdId: string;
  readonly regionId: number;
}

/** One of two worlds that are alike in everything but what was answered to protected questions. */
export interface TwinWorld {
  readonly app: TestApp;
  /** Twelve of Reed Pond: each has a private reason in both worlds, another one in each; bands are the same. */
  readonly reed: readonly TwinWoman[];
  /** Twelve of High Field: in the quiet world none has any private reason, in the loud one all have many; bands are the same. */
  readonly field: readonly TwinWoman[];
  readonly loud: boolean;
  /** Of two of Reed Pond. */
  readonly pairId: string;
}

/** What the coordinator is told of somebody at a visit. */
export function privateAnswers(loud: boolean): Record<string, 1 | 2 | 3> {
  return loud ? { intention_to_leave: 3, hiv_and_orphanhood: 1 } : { intention_to_leave: 1, hiv_and_orphanhood: 3 };
}

type Village = 'reed' | 'field';
const hiddenOf = (unit: 'person' | 'household', which: (warns: boolean) => boolean = () => true): string[] =>
  household28.indicators.filter((each) => each.protected && each.unit === unit && which(each.warns)).map(({ code }) => code);

/**
 * The one serious private matter at a visit, here this and there that. Where an open answer warns, whichever it be. Elsewhere it may be told *that* a
 * private answer warns (docs/decisions/0013, and the one exception in test/protected-answers.test.ts), so that is the same in both worlds:
 * of every second one it does, in the quiet world of herself, in the loud one of her household; of the others none does.
 */
function seriousOf(nth: number, open: number, loud: boolean, unit: 'person' | 'household'): string {
  const warns = open < 3 && nth % 2 === 0 && loud === (unit === 'household');
  const among = open === 3 ? hiddenOf(unit) : hiddenOf(unit, (each) => each === warns);
  return among[(nth + (loud ? 1 : 0)) % among.length]!;
}

/** What the one who is asked `nth` answered in the quiet or the loud world, about herself or her household. */
export function answersOf(village: Village, nth: number, loud: boolean, unit: 'person' | 'household'): object {
  // Band and "private reason" may follow from private answers (docs/decisions/0013): one serious matter a visit. In High Field open answers alone
  // make the band, so that all private ones may differ.
  const open = village === 'reed' ? (((nth % 3) + 1) as 1 | 2 | 3) : nth % 2 === 0 ? 3 : 1;
  const serious = seriousOf(nth, open, loud, unit);
  const worst = (code: string): 1 | 2 | 3 => (village === 'reed' ? (code === serious ? 3 : 1) : loud ? 3 : 1);
  const given = household28.indicators
    .filter((each) => each.unit === unit)
    .map(({ code, protected: isHidden, bySex }) => {
      const answer = isHidden ? worst(code) : open;
      return [code, bySex ? { female: answer } : answer];
    });
  return Object.fromEntries(given);
}

/** Twelve women, each the head of a household of her own, and what they answered at a visit. */
async function settle(app: TestApp, village: Village, loud: boolean, basisId: string): Promise<TwinWoman[]> {
  const mali = await app.as('coordinator');
  const { placeId, regionId } = village === 'reed' ? app.land.eastVillages[0] : app.land.westVillages[0];
  const women: TwinWoman[] = [];
  for (let nth = 0; nth < 12; nth++) {
    const [personId, householdId] = [seededId(village, 'person', nth), seededId(village, 'household', nth)];
    const identity = {
      names: [{ kind: 'official', full: `Invented ${'ABCDEFGHIJKL'[nth]}bela Quillfeather` }],
      phones: [`081 234 56${10 + nth}`],
      documents: [],
    };
    const member = { personId, sex: 2, bornOn: '1999-05-01', bornPrecision: 2, identity, consents: [] };
    const added = await mali.post('/api/people', { householdId, placeId, basisId, members: [member] });
    expect([added.status, added.text]).toEqual([201, added.text]);
    for (const [subjectKind, subjectId] of [
      ['household', householdId],
      ['person', personId],
    ] as const) {
      const visit = {
        assessmentId: seededId(village, 'visit', subjectKind, nth),
        subjectKind,
        subjectId,
        regionId,
        instrument: 'household-28',
        answers: answersOf(village, nth, loud, subjectKind),
        observedAt: '2026-11-01T03:00:00.000Z',
      };
      const told = await mali.post('/api/assessments', visit);
      expect([told.status, told.text]).toEqual([201, told.text]);
    }
    women.push({ personId, householdId, regionId });
  }
  return women;
}

/** The third of Reed Pond was referred to Safe Harbour, the fourth is in Ratana's care; the first asked for her data; the first two look alike. */
async function connect(app: TestApp, reed: readonly TwinWoman[]): Promise<string> {
  const mali = await app.as('coordinator');
  const [first, second, referred, cared] = reed as readonly [TwinWoman, TwinWoman, TwinWoman, TwinWoman];
  const path = ({ regionId, personId }: TwinWoman) => `/api/people/${regionId}/${personId}`;
  const { rows } = await sql<{ id: string }>`select organisation_id as id from waymark.organisation`.execute(app.db.owner);
  const share = {
    eventId: seededId('share'),
    purpose: 'share',
    act: 'given',
    byWhom: 'self',
    way: 'spoken',
    observedAt: '2026-10-01T03:00:00Z',
  };
  const asks = { requestId: seededId('request'), kind: 'access', byWhom: 'self', saidOn: '2026-11-02' };
  for (const [to, body] of [
    [`${path(referred)}/consents`, share],
    [`${path(referred)}/assignments`, { assignmentId: seededId('referral'), organisationId: rows[0]?.id }],
    [`${path(cared)}/consents`, { ...share, eventId: seededId('assist'), purpose: 'assist' }],
    [`${path(cared)}/assignments`, { assignmentId: seededId('care'), accountId: app.accountIds.case_worker }],
    [`${path(first)}/requests`, asks],
  ] as const) {
    const answer = await mali.post(to, body);
    expect([to, answer.status, answer.text]).toEqual([to, 201, answer.text]);
  }
  const [a, b] = [first, second].sort((x, y) => (x.personId < y.personId ? -1 : 1)) as [TwinWoman, TwinWoman];
  const { placeId } = app.land.eastVillages[0];
  const pair = await sql<{ id: string }>`
    insert into waymark.duplicate_pair (region_a, person_a, region_b, person_b, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${a.regionId}, ${a.personId}, ${b.regionId}, ${b.personId}, 12, 0.95, true, '[]', ${placeId}, ${placeId}, '', '')
    returning pair_id as id`.execute(app.db.owner);
  return pair.rows[0]!.id;
}

/** A world of its own with its own server and database; what happens there is the same in both, in the same order. */
export async function twinWorld(loud: boolean): Promise<TwinWorld> {
  const app = await startApp({ everyRole: true, now: () => twinNow });
  await installInstruments(app.db.owner, uuidv7);
  const basisId = await aBasis(app.db.owner);
  const reed = await settle(app, 'reed', loud, basisId),
    field = await settle(app, 'field', loud, basisId);
  return { app, reed, field, loud, pairId: await connect(app, reed) };
}

/** Text of one world with all that is the world's own alone taken out: ids made there (in the order they appear), folders, ports, the moment. */
export function withoutItsOwn(text: string, { app, pairId, reed, field }: TwinWorld): string {
  const { land } = app;
  const places = [land.country, land.province, land.east, land.west, ...land.eastVillages, ...land.westVillages];
  const known = new Map<string, string>([
    ...places.map(({ placeId, code }) => [placeId, `place ${code}`] as const),
    ...Object.entries(app.accountIds).map(([name, id]) => [id, `account of ${name}`] as const),
    [pairId, 'pair'],
    ...[...reed, ...field].flatMap(({ personId, householdId }, nth) => [
      [personId, `person ${nth}`] as const,
      [householdId, `household ${nth}`] as const,
      [recordNumber(personId), `number ${nth}`] as const,
    ]),
  ]);
  let plain = text.replaceAll(app.folder, 'FOLDER').replaceAll(app.keyFile, 'KEY').replaceAll(app.url, 'URL');
  for (const [id, said] of known) plain = plain.replaceAll(id, said);
  const others = new Map<string, string>();
  return plain
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => others.get(id) ?? (others.set(id, `id ${others.size}`), others.get(id)!))
    .replace(/((?:which the|The master) key |"vaultKey":\{"id":")\w{8}/g, '$1KEY')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00(:00)?)?/g, (moment) =>
      moment.startsWith('2026-11-01') || moment.startsWith('2026-11-22T04:00:00') ? moment : 'MOMENT',
    );
}
