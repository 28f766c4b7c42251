// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { uuidv7 } from 'uuidv7';
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Afterwards, Expectation, From } from './authorisation-expectations.ts';
import { nothing, type Fresh, type Side } from './authorisation-passing.ts';
import { isWest, measure, outsider, whom, type World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';

/** What calls of the walk use up, made for each of them. */
type Make = NonNullable<Expectation['fresh']>;
type Who = PersonName | 'anonymous';

/** Hers lives where she works; from outside, and for whoever is refused in any case, it is of East Bay. */
const sideOf = (who: Who, from: From): Side => (from === 'inside' && isWest(who) ? 'west' : 'east');
const regionOf = ({ app }: World): number => app.land.east.regionId;
const coordinatorOf = (who: Who, from: From): 'coordinator' | 'other_coordinator' =>
  sideOf(who, from) === 'west' ? 'other_coordinator' : 'coordinator';
export const caseWorkerOf = (who: Who): 'case_worker' | 'other_case_worker' => (isWest(who) ? 'other_case_worker' : 'case_worker');
/** Whoever may read everybody of her side. */
export const overseer = ({ app }: World, who: Who): Promise<Client> => app.as(coordinatorOf(who, 'inside'));
export const pathOf = (world: World, { personId }: Fresh): string => `/api/people/${regionOf(world)}/${personId}`;

export const freshPerson: Make = (world, who, from) => world.passing.person(sideOf(who, from));
export const freshHousehold: Make = (world, who, from) => world.passing.household(sideOf(who, from));
export const freshId: Make = async () => ({ ...nothing, id: uuidv7() });

/** Something new of a fresh person, under a fresh id. */
export function ofFreshPerson(write: (world: World, fresh: Fresh, who: Who, from: From) => Promise<unknown> = async () => {}): Make {
  return async (world, who, from) => {
    const fresh = { ...(await freshPerson(world, who, from)), id: uuidv7() };
    await write(world, fresh, who, from);
    return fresh;
  };
}

const asks = ({ app, ...world }: World, kind: string, { personId, id }: Fresh) =>
  sql`insert into waymark.person_request (region_id, request_id, person_id, kind, by_whom, about, said_on, due_on, asked_by)
    values (${regionOf({ app, ...world })}, ${id}, ${personId}, ${kind}, 'self', ${kind === 'correction' ? 'other' : null}, '2026-10-01', '2026-10-31', 'set-up')`.execute(
    app.db.owner,
  );
/** Somebody asked for this, who lives where it matters to nobody else. */
export const freshRequest = (kind: string): Make => ofFreshPerson((world, fresh) => asks(world, kind, fresh));
/** Something of her own is to be set right: of whoever is hers, where these are known one by one. */
export const freshCorrection: Make = async (world, who, from) => {
  const oneByOne = who === 'person' || who.endsWith('case_worker');
  if (!oneByOne) return freshRequest('correction')(world, who, from);
  const fresh = { ...nothing, personId: from === 'inside' ? whom(world, who) : outsider(world, who), id: uuidv7() };
  await asks(world, 'correction', fresh);
  return fresh;
};

/** Given to the case worker of her side; where nobody is to end it, to somebody who reads nothing by it. */
export const freshAssignment: Make = ofFreshPerson(({ app }, { personId, id }, who, from) =>
  sql`insert into waymark.assignment (region_id, assignment_id, person_id, kind, account_id, given_by)
    values (${app.land.east.regionId}, ${id}, ${personId}, 'case_worker',
            ${app.accountIds[from === 'outside' || who === 'anonymous' ? 'analyst' : caseWorkerOf(who)]}, 'set-up')`.execute(app.db.owner),
);

export const freshBasis: Make = async ({ app }) => {
  const id = uuidv7();
  await sql`insert into waymark.lawful_basis (basis_id, title, ground, citation, purposes, needs_consent, from_on, created_by)
    values (${id}, 'A basis that ends', 'public_task', 'Act, section 2', '{register}', false, '2020-01-01', 'set-up')`.execute(
    app.db.owner,
  );
  return { ...nothing, id };
};

/** Two who are alike, less than those whom lists show first. */
export const freshPair: Make = async (world, who, from) => {
  const side = sideOf(who, from);
  const [a, b] = [(await world.passing.person(side)).personId, (await world.passing.person(side)).personId].toSorted() as [string, string];
  const { regionId, placeId } = (side === 'west' ? world.app.land.westVillages : world.app.land.eastVillages)[0];
  const id = uuidv7();
  await sql`insert into waymark.duplicate_pair (region_a, person_a, region_b, person_b, pair_id, weight, probability, probable, reasons, place_a, place_b, seen_a, seen_b)
    values (${regionId}, ${a}, ${regionId}, ${b}, ${id}, 2, 0.55, false, '[{"field": "birth", "level": "same", "weight": 2}]', ${placeId}, ${placeId}, '', '')`.execute(
    world.app.db.owner,
  );
  return { ...nothing, personId: a, otherId: b, id };
};
export const asOne = (version: number) => ({ version, stays: 'a', take: [], versions: { a: 1, b: 1 } });

/** Two whom somebody else of her side has merged. */
export const freshMerge: Make = async (world, who, from) => {
  const pair = await freshPair(world, who, from);
  const officer = await world.app.as(sideOf(who, from) === 'west' ? 'other_district_officer' : 'district_officer');
  const { status, text, body } = await officer.post<{ mergeId: string }>(`/api/people/duplicates/${pair.id}/merge`, asOne(pair.version));
  if (status !== 200) throw new Error(`not merged: ${status} ${text}`);
  return { ...pair, id: body.mergeId };
};

/** Erased, and known to a list of somebody else's. */
export const freshErased: Make = async ({ app }) => {
  const personId = uuidv7();
  await sql`insert into waymark.erasure (region_id, person_id, erased_at, ordered_by) values (${app.land.east.regionId}, ${personId}, now(), 'set-up')`.execute(
    app.db.owner,
  );
  await sql`insert into waymark.erasure_source (region_id, person_id, digest, key_id)
    values (${app.land.east.regionId}, ${personId}, decode(md5(${personId}), 'hex'), 'of a list')`.execute(app.db.owner);
  return { ...nothing, personId };
};

export const freshHold: Make = ofFreshPerson(({ app }, { personId, id }) =>
  sql`insert into waymark.legal_hold (region_id, hold_id, person_id, citation, until_on, placed_by)
    values (${app.land.east.regionId}, ${id}, ${personId}, 'Act, section 3', '2099-01-01', 'set-up')`.execute(app.db.owner),
);
export const freshDue: Make = ofFreshPerson(({ app }, { personId }) =>
  sql`insert into waymark.retention_due (region_id, person_id, category, since_on, found_at)
    values (${app.land.east.regionId}, ${personId}, 'died', '2026-01-09', now())`.execute(app.db.owner),
);

/** An import of figures that is done, with one figure of a village. */
export const freshImport: Make = async ({ app }, who, from) => {
  const west = sideOf(who, from) === 'west';
  const id = await measure(app, coordinatorOf(who, from), west ? app.land.west : app.land.province, [
    (west ? app.land.westVillages : app.land.eastVillages)[0],
  ]);
  return { ...nothing, id };
};
/** One that runs, and that nobody works on. */
export const freshRunning: Make = async (world, who, from) => {
  const fresh = await freshImport(world, who, from);
  await sql`update waymark.import_run set state = 'running', finished_at = null where batch_id = ${fresh.id}`.execute(world.app.db.owner);
  return fresh;
};
/** One of which a row was not taken. */
export const freshRejected: Make = async (world, who, from) => {
  const fresh = await freshImport(world, who, from);
  const folder = join(world.app.folder, 'imports');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${fresh.id}.rejected.csv`),
    `file,row,column,code,reason,reason_code\r\nfigures.csv,7,value,${rejectedCode},this is no number,no-number\r\n`,
  );
  return fresh;
};
export const rejectedCode = 'XA-not-taken';

/** Changing one person for good: whoever is let through does it to one of her own, and from outside nobody is there. */
export function changing(
  may: readonly PersonName[],
  status: number,
  ask: (client: Client, path: string, fresh: Fresh, world: World, who: Who) => Promise<Answer>,
  more: Pick<Expectation, 'fresh' | 'shows' | 'afterwards' | 'otherwise'>,
): Expectation {
  const call: Expectation['call'] = (world, client, who, fresh) => ask(client, pathOf(world, fresh), fresh, world, who);
  return { may, status, fresh: freshPerson, call, fromOutside: { status: 404, code: 'not-found', call }, ...more };
}

/** Whoever did it reads it back. */
export function readsBack(
  path: (world: World, fresh: Fresh) => string,
  shown: (fresh: Fresh, world: World, who: PersonName) => object,
): Afterwards {
  return async ({ world, client, who, fresh }) => {
    const { status, body } = await client.get(path(world, fresh));
    expect({ who, status, body }).toMatchObject({ who, status: 200, body: shown(fresh, world, who) });
  };
}

/** Somebody else reads it: what she is answered. */
export async function expectRead(client: Client, path: string, status: number, shown?: object): Promise<void> {
  const answer = await client.get(path);
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ path, status, ...(shown ? { body: shown } : {}) });
}
