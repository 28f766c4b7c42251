// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findActor } from '../src/access/server/index.ts';
import type { QueuedRequest, RequestPage } from '../src/people/domain/request.ts';
import { withActor } from '../src/platform/server/db.ts';
import type { Tx } from '../src/platform/server/endpoint.ts';
import { anIndicator, anInstrument } from '../src/risk/builders.ts';
import type { HouseholdPage } from '../src/risk/domain/household-list.ts';
import { followHouseholds, installInstruments, publishFile, recount, recountLists, recountRollups } from '../src/risk/server/index.ts';
import { writeInstrumentText } from '../src/risk/server/instrument-text.ts';
import { startApp, type PersonName, type TestApp } from './support/app.ts';
import { aBasis } from './support/basis.ts';
import { rowsThatHold } from './support/everywhere.ts';
import { heldUp, untilWaiting } from './support/held-up.ts';

/** People are registered, die, move, take their word back and are erased while something takes minutes. */
let app: TestApp, basisId: string;
beforeAll(async () => {
  app = await startApp({ everyRole: true });
  await installInstruments(app.db.owner, uuidv7);
  basisId = await aBasis(app.db.owner, { needsConsent: true });
}, 60_000);
afterAll(() => app?.close());

/** Made names: nobody is called so. */
const canary = 'Xanthippe Quillfeather';
const said = (act = 'given', purpose = 'register') => ({
  eventId: uuidv7(),
  purpose,
  act,
  byWhom: 'self',
  way: 'spoken',
  language: 'th',
  observedAt: '2026-03-01T03:00:00Z',
});

interface Registered {
  readonly regionId: number;
  readonly householdId: string;
  readonly ids: readonly string[];
}

async function household(members = 1, bornOn = '1990-05-17', on = basisId): Promise<Registered> {
  const body = {
    householdId: uuidv7(),
    placeId: app.land.eastVillages[0].placeId,
    basisId: on,
    members: Array.from({ length: members }, () => ({
      personId: uuidv7(),
      sex: 2,
      bornOn,
      bornPrecision: 3,
      identity: { names: [{ kind: 'official', full: canary, language: 'en' }], phones: ['081 234 5678'], documents: [] },
      consents: [said()],
    })),
  };
  const answer = await (await app.as('watch_volunteer')).post<{ regionId: number }>('/api/people', body);
  expect(answer.status).toBe(201);
  return { regionId: answer.body.regionId, householdId: body.householdId, ids: body.members.map(({ personId }) => personId) };
}

const at = ({ regionId, ids }: Registered, n = 0) => `/api/people/${regionId}/${ids[n]}`;
const newRequest = (kind: string, more: object = {}) => ({ requestId: uuidv7(), kind, byWhom: 'self', saidOn: '2026-03-02', ...more });
async function ask(who: PersonName, person: Registered, kind: string, more: object = {}) {
  return (await app.as(who)).post(`${at(person)}/requests`, newRequest(kind, more));
}
const kanya = () => app.as('data_protection_officer');
async function openRequest(person: Registered, kind: string): Promise<QueuedRequest> {
  const queue = await (await kanya()).get<RequestPage>('/api/data-protection/requests?limit=200');
  const found = queue.body.rows.find(({ personId, kind: of }) => personId === person.ids[0] && of === kind);
  if (!found) throw new Error(`no ${kind} of hers is open`);
  return found;
}
async function eraseIt(request: QueuedRequest, number = request.number) {
  const { regionId, requestId, version } = request;
  return (await kanya()).post<{ type?: string; detail?: string }>(`/api/data-protection/requests/${regionId}/${requestId}/erase`, {
    version,
    number,
  });
}
describe('while an instrument is published, or an import counts', () => {
  const dies = async (person: Registered) =>
    (await app.as('district_officer')).post(`${at(person)}/state`, { state: 'died', onDate: '2026-03-03', version: 1 });
  const standsUnder = async (code: string, { ids }: Registered) =>
    (await sql`select from waymark.standing where instrument_code = ${code} and subject_id = any (${ids}::uuid[])`.execute(app.db.owner))
      .rows.length;
  const asksToBeErased = async (her: Registered) => {
    await ask('watch_volunteer', her, 'erasure');
    return openRequest(her, 'erasure');
  };

  it('the first version of an instrument finds everybody as she is at its end, and nothing of whoever was erased meanwhile', async () => {
    const code = 'another-28';
    const asked = anInstrument({
      code,
      version: 1,
      indicators: [anIndicator({ code: 'school' }), anIndicator({ code: 'work', unit: 'household' })],
    });
    const admin = (await findActor(app.access, app.accountIds.administrator))!;
    const [died, diesLater, erased, erasedLater] = [await household(), await household(), await household(), await household()];
    const requests = [await asksToBeErased(erased), await asksToBeErased(erasedLater)] as const;
    const registering: Registered[] = [];
    let scored!: () => void;
    const allScored = new Promise<void>((done) => (scored = done));
    let later!: Promise<unknown[]>;
    const { published } = await heldUp(
      app.db.owner,
      (tx) => sql`select waymark.hold_instruments()`.execute(tx),
      // Somebody is changing the register, so it is not settled yet, and nobody waits for it.
      async () => {
        const published = withActor(app.db.app, admin, async (tx) => {
          const { state } = await publishFile({
            tx,
            bytes: Buffer.from(writeInstrumentText(asked, 0)),
            sameMeaning: [],
            dryRun: false,
            now: new Date(),
            newId: uuidv7,
            audit: async () => {},
            onProgress: (done, total) => done === total && scored(),
          });
          // Settled and not committed: they wait for this moment, and then they know of it.
          later = Promise.all([household().then((one) => registering.push(one)), dies(diesLater), eraseIt(requests[1])]);
          await untilWaiting(app.db.owner, 3);
          return state;
        });
        published.catch(scored);
        await allScored;
        registering.push(await household());
        expect((await dies(died)).status).toBe(200);
        expect((await eraseIt(requests[0])).status).toBe(200);
        return { published };
      },
    );
    expect(await published).toBe('published');
    expect(await later).toMatchObject([2, { status: 200 }, { status: 200 }]);
    expect(await Promise.all([...registering, died, diesLater].map((one) => standsUnder(code, one)))).toEqual([1, 1, 0, 0]);
    for (const one of [erased, erasedLater]) expect(await rowsThatHold(app.db.owner, one.ids[0]!)).toEqual(['audit_entry', 'erasure']);
    expect(await recountRollups(app.db.owner)).toEqual([]);
    expect(await recount(app.db.owner)).toEqual([]);
    await followHouseholds(app.db.jobs);
    for (const one of [erased, erasedLater]) expect(await rowsThatHold(app.db.owner, one.householdId)).toEqual(['audit_entry']);
    expect(await recountLists(app.db.owner)).toEqual([]);
  });

  it('nobody who takes a word back, objects or moves waits for it, nor does it end by what they write', async () => {
    const home = await household(5),
      [counted, withdraws, objects, moves, stays] = home.ids;
    const of = (personId: string | undefined) => ({ ...home, ids: [personId!] });
    const order = async () => {
      const page = await (
        await app.as('district_officer')
      ).get<HouseholdPage>(`/api/households/list?place=${app.land.eastVillages[0].placeId}`);
      return page.body.rows.find(({ householdId }) => householdId === home.householdId);
    };
    const soon = <T>(work: Promise<T>) => Promise.race([work, new Promise<'waits'>((done) => setTimeout(done, 8000, 'waits').unref())]);
    const changed = (tx: Tx, personId: string | undefined) =>
      sql`update waymark.standing set band = 2, excess = 10, known = 20, valid_until = '2099-01-01' where subject_id = ${personId}`.execute(
        tx,
      );
    const moving = await app.db.owner.transaction().execute(async (tx) => {
      await sql`select waymark.lock_risk_all('household-28')`.execute(tx);
      await changed(tx, counted);
      const orn = await app.as('watch_volunteer');
      expect(await soon(orn.post(`${at(of(withdraws))}/consents`, said('withdrawn')))).toMatchObject({ status: 201 });
      expect(await soon(ask('watch_volunteer', of(objects), 'objection'))).toMatchObject({ status: 201 });
      const moving = (await app.as('district_officer')).post(`${at(of(moves))}/move`, {
        placeId: app.land.eastVillages[1].placeId,
        householdId: null,
        onDate: '2026-03-03',
        version: 1,
      });
      await untilWaiting(app.db.owner, 1);
      // She has looked whether they wait for each other: from here on it would be the long work that the database ends.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await changed(tx, stays);
      return { moving };
    });
    expect((await moving.moving).status).toBe(200);
    await followHouseholds(app.db.jobs);
    expect(await order()).toMatchObject({ band: 2, members: { length: 4 } });
    expect(await recountLists(app.db.owner)).toEqual([]);
    await sql`update waymark.standing set band = 0, excess = 0, known = 0, valid_until = null where subject_id = any (${[counted, stays]}::uuid[])`.execute(
      app.db.owner,
    );
  });
});
