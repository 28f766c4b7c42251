// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import type { HouseholdListQuery } from '../src/risk/domain/household-list.ts';
import type { ListQuery } from '../src/risk/domain/people-list.ts';
import { recordAssessments } from '../src/risk/server/index.ts';
import { householdList } from '../src/risk/server/household-list.ts';
import { peopleList } from '../src/risk/server/people-list.ts';
import { personRisk } from '../src/risk/server/person-risk.ts';
import { ms, times } from './measure.ts';
import type { RegisterWorld } from './register-world.ts';

/** The ways to narrow and sort the list that are measured. */
export const ways: readonly (readonly [string, Partial<ListQuery>])[] = [
  ['by urgency', {}],
  ['by renewal', { sort: 'renewal' }],
  ['by newest answer', { sort: 'seen' }],
  ['high, boys of 10 to 13', { bands: '3', sex: 1, ageGroup: 2 }],
  ['to renew in 30 days, by urgency', { renew: 'soon' }],
  ['high, by renewal', { bands: '3', sort: 'renewal' }],
  ['whom an answer warns of, by urgency', { warns: 'now' }],
  ['whom an answer warns of, by renewal', { warns: 'now', sort: 'renewal' }],
];

/** A page of the list of people of a village, a district, a province and a whole country, words included, past HTTP. */
export async function lists({ placesOf, asActor, actor }: RegisterWorld, size: number): Promise<void> {
  for (const [word, level] of [
    ['village', 4],
    ['district', 2],
    ['province', 1],
    ['country', 0],
  ] as const) {
    const ids = await placesOf('B', level);
    for (const [what, query] of ways) {
      let after: string | undefined;
      const measured = await times(40, async (i) => {
        const page = await asActor((tx) =>
          peopleList(
            { tx, actor, now: new Date() },
            { place: ids[Math.abs(i) % ids.length]!, ...query, ...(after && level === 0 ? { after } : {}) },
          ),
        );
        after = i % 5 === 0 ? undefined : (page.after ?? undefined); // pages further on, too
      });
      console.log(`| ${size.toLocaleString('en')} | list of a ${word}, ${what} | ${ms(measured.p50)} | ${ms(measured.p95)} |`);
    }
  }
}

/** The ways to narrow and sort households that are measured. */
const householdWays: readonly (readonly [string, Partial<HouseholdListQuery>])[] = [
  ['by urgency', {}],
  ['by renewal', { sort: 'renewal' }],
  ['to renew in 7 days, by urgency', { renew: 'week' }],
  ['high, by renewal', { bands: '3', sort: 'renewal' }],
  ['where an answer warns, by renewal', { warns: 'now', sort: 'renewal' }],
];

/** A page of the list of households, likewise. */
export async function households({ placesOf, asActor, actor }: RegisterWorld, size: number): Promise<void> {
  for (const [word, level] of [
    ['village', 4],
    ['district', 2],
    ['province', 1],
    ['country', 0],
  ] as const) {
    const ids = await placesOf('B', level);
    for (const [what, query] of householdWays) {
      const measured = await times(40, async (i) => {
        await asActor((tx) => householdList({ tx, actor, now: new Date() }, { place: ids[Math.abs(i) % ids.length]!, ...query }));
      });
      console.log(`| ${size.toLocaleString('en')} | households of a ${word}, ${what} | ${ms(measured.p50)} | ${ms(measured.p95)} |`);
    }
  }
}

/** One answer saved and everything that follows, with the narrow table's triggers and without, in turns. */
export async function writes({ owner, anybody, asActor, actor }: RegisterWorld, size: number): Promise<void> {
  const people = await anybody(400);
  let at = 0;
  const save = () =>
    asActor((tx) => {
      const person = people[at++ % people.length]!;
      return recordAssessments(
        tx,
        [
          {
            assessmentId: uuidv7(),
            subjectKind: 'person',
            subjectId: person.personId,
            regionId: person.regionId,
            instrument: 'household-28',
            answers: { recruiter_contact: at % 2 ? 3 : 1 },
            observedAt: new Date(),
            actorId: 'bench',
          },
        ],
        new Date(),
      );
    });
  const rounds: Record<'with' | 'without', number[]> = { with: [], without: [] };
  for (let round = 0; round < 6; round++)
    for (const which of ['with', 'without'] as const) {
      await sql`alter table waymark.standing ${sql.raw(which === 'with' ? 'enable' : 'disable')} trigger list_after_update`.execute(owner);
      rounds[which].push((await times(60, async () => void (await save()))).p50);
    }
  await sql`alter table waymark.standing enable trigger list_after_update`.execute(owner);
  const middle = (all: number[]): number => all.toSorted((a, b) => a - b)[3]!;
  const [w, wo] = [middle(rounds.with), middle(rounds.without)];
  console.log(
    `| ${size.toLocaleString('en')} | one answer saved, figures and list following; without the list ${ms(wo)}: ${(w / wo).toFixed(2)} x | ${ms(w)} | |`,
  );
  const risk = await times(60, async (i) => {
    const person = people[Math.abs(i) % people.length]!;
    await asActor((tx) => personRisk({ tx, actor, now: new Date() }, { regionId: person.regionId, personId: person.personId }, {}));
  });
  console.log(`| ${size.toLocaleString('en')} | one person's risk | ${ms(risk.p50)} | ${ms(risk.p95)} |`);
}
