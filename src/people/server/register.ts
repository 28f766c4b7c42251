// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageOn } from '../domain/age-group.ts';
import { coveredBy } from '../domain/basis.ts';
import { saidAt } from '../domain/consent.ts';
import { cleanIdentity } from '../domain/identity-normal.ts';
import { bornAsKnown, checkMemberConsent, type NewHousehold, type NewMembers } from '../domain/registration.ts';
import type { PersonKey, PersonRecord } from '../domain/person-record.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import { personStates, stateOf, mayBecome, type PersonState } from '../domain/state.ts';
import { dayNotAfter } from '../../platform/domain/phone-clock.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Actor, NewId } from '../../platform/domain/actor.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { liesWithin } from '../../platform/server/gate-authorise.ts';
import { holdRecord, insertHouseholds, insertPeople } from './queries.ts';
import {
  findAssignments,
  findConsents,
  findEvents,
  findRecord,
  findRegionOf,
  findRegistered,
  findToday,
  insertConsents,
  insertEvents,
  movePersonTo,
  updatePerson,
  wasMoved,
  type EventRow,
  type RecordRow,
} from './queries-register.ts';
import { findBasis } from './queries-basis.ts';
import { putIdentities } from './vault/doors.ts';
import type { Vault } from './vault/vault.ts';

/** What follows when people come, change or go: the rooms above keep standings and figures of them. `app` fills it in. */
export interface PeopleFollower {
  peopleChanged(tx: Tx, people: readonly PersonKey[], now: Date): Promise<unknown>;
  /** Resolves when what was said of records that are used again counts; to be called once that is committed. */
  followed(): Promise<void>;
  /** Resolves when the list of households says what was just written about people; to be called once that is committed. */
  listed(): Promise<void>;
}

export interface Writing {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly now: Date;
  readonly newId: NewId;
}

/**
 * Registers a household with its members. The same again is once.
 * Problems: no-consent, no-lawful-basis, people-not-kept, bad-input, not-found, outside-your-area.
 */
export async function registerHousehold(
  writing: Writing,
  vault: Vault,
  follow: PeopleFollower,
  household: NewHousehold,
): Promise<{ regionId: number; registered: boolean }> {
  const { tx } = writing;
  const { householdId, placeId } = household;
  const regionId = await findRegionOf(tx, placeId);
  if (regionId === null) throw new Problem('not-found', 'There is no such place.');
  const home = { regionId, householdId, placeId };
  if (await areThere(writing, home, household.members)) return { regionId, registered: false };
  const begin = () => insertHouseholds(tx, [home]);
  await writeMembers(writing, vault, follow, { home, begin, ...household });
  return { regionId, registered: true };
}

/** Registers more members of a household, where it lives now. The same again is once. Problems: as registerHousehold. */
export async function addMembers(
  writing: Writing,
  vault: Vault,
  follow: PeopleFollower,
  home: { regionId: number; householdId: string; placeId: string },
  added: NewMembers,
): Promise<{ registered: boolean }> {
  if (await areThere(writing, home, added.members)) return { registered: false };
  await writeMembers(writing, vault, follow, { home, begin: () => Promise.resolve(), ...added });
  return { registered: true };
}

type Home = Pick<MembersToWrite['home'], 'regionId' | 'householdId'>;

/**
 * Whether all of them are registered already, in this household and as told. Problems: bad-input where two share an id; already-there where
 * only some are, or where something differs: whoever reads "registered" would take it for saved.
 */
async function areThere({ tx, now }: Writing, { regionId, householdId }: Home, members: NewMembers['members']): Promise<boolean> {
  const ids = members.map(({ personId }) => personId.toLowerCase());
  if (new Set(ids).size < ids.length) throw new Problem('bad-input', 'members: two of them have the same id.');
  const there = new Map((await findRegistered(tx, regionId, ids)).map((row) => [row.personId, row]));
  if (there.size === 0) return false;
  if (there.size < ids.length) throw new Problem('already-there', 'Some members of this household are registered already.');
  const today = await findToday(tx, now);
  const isSame = members.every(({ personId, sex, bornOn, bornPrecision }) => {
    const row = there.get(personId.toLowerCase());
    const isAtHome = row?.householdId === householdId.toLowerCase();
    return isAtHome && row.sex === sex && row.bornOn === bornAsKnown(bornOn, bornPrecision, today);
  });
  if (!isSame) throw new Problem('already-there', 'Members of this household were registered before, in another household or otherwise.');
  return true;
}

interface MembersToWrite extends NewMembers {
  readonly home: { regionId: number; householdId: string; placeId: string };
  /** Writes the household, once it is sure that everybody may be recorded. */
  begin(): Promise<void>;
}

/** What they said first, then they themselves, then who they are. */
async function writeMembers(
  { tx, actor, now, newId }: Writing,
  vault: Vault,
  follow: PeopleFollower,
  { home, begin, basisId, members }: MembersToWrite,
): Promise<void> {
  const { regionId, householdId, placeId } = home;
  const basis = await findBasis(tx, basisId);
  if (!basis) throw new Problem('no-lawful-basis');
  const today = await findToday(tx, now);
  const born = members.map(({ bornOn, bornPrecision }) => bornAsKnown(bornOn, bornPrecision, today));
  if (basis.needsConsent) members.forEach((member, i) => checkMemberConsent(member, i + 1, now, today));
  const said = members.flatMap(({ personId, consents }) =>
    consents.map((consent) => ({ ...consent, observedAt: saidAt(consent, now).toISOString(), regionId, personId })),
  );
  await insertConsents(tx, said, actor.accountId, now);
  await begin();
  const rows = members.map(({ personId, sex, bornPrecision }, i) => ({ personId, sex, bornOn: born[i] ?? null, bornPrecision }));
  await insertPeople(
    tx,
    rows.map((row) => ({ regionId, householdId, placeId, basisId, ...row })),
  );
  const keys = members.map(({ personId }) => ({ regionId, personId }));
  const after = { placeId, householdId };
  await insertEvents(
    tx,
    keys.map((key) => ({ ...key, eventId: newId(), kind: 'registered', onDate: today, after })),
    actor.accountId,
  );
  const identities = members.map(({ personId, identity }) => ({ regionId, personId, identity: cleanIdentity(identity), basedOn: 0 }));
  await putIdentities(tx, vault, identities);
  await follow.peopleChanged(tx, keys, now);
}

/** The record, or Problem not-found: one that lies elsewhere does not exist for whoever asks. */
export async function recordOf(tx: Tx, key: PersonKey): Promise<RecordRow> {
  const found = await findRecord(tx, key);
  if (!found) throw new Problem('not-found', 'There is no such record, or it lies outside your area.');
  return found;
}

/** The same for whoever is about to write about her: nobody removes the record or joins it with another before that is done. */
export async function recordToWrite(tx: Tx, key: PersonKey): Promise<RecordRow> {
  await holdRecord(tx, key);
  return recordOf(tx, key);
}

export async function wholeRecord({ tx, actor, now }: Pick<Writing, 'tx' | 'actor' | 'now'>, key: PersonKey): Promise<PersonRecord> {
  const row = await recordOf(tx, key);
  const today = await findToday(tx, now);
  const { path: _path, registeredAt, bornOn, state, basis, ...rest } = row;
  return {
    ...rest,
    state: stateOf(state),
    basis: basis && {
      basisId: basis.basisId,
      title: basis.title,
      ground: basis.ground,
      needsConsent: basis.needsConsent,
      covers: [...coveredBy(basis, today)],
    },
    number: recordNumber(row.personId),
    bornOn,
    age: bornOn === null ? null : ageOn(bornOn, row.stateOn ?? today),
    registeredAt: registeredAt.toISOString(),
    consents: await findConsents(tx, key),
    events: (await findEvents(tx, key)).map(eventView),
    assignments: await findAssignments(tx, key),
    may: whatMay(actor, row),
  };
}

function whatMay(actor: Actor, row: RecordRow): PersonRecord['may'] {
  const near = liesWithin(row.path, actor.scopes);
  const inCare = actor.rights.has('assigned.read') || actor.rights.has('own.read');
  const here = row.state === personStates.here;
  return {
    write: near && actor.rights.has('people.write') && here,
    readIdentity: (near && actor.rights.has('identity.read')) || inCare,
    assess: (near || actor.rights.has('assigned.read')) && actor.rights.has('assess.write') && here && row.restricted === null,
    assign: near && actor.rights.has('people.assign') && here,
    askErasure: (near || inCare) && actor.rights.has('erasure.ask'),
  };
}

function eventView({ before, after, recordedAt, ...event }: EventRow): PersonRecord['events'][number] {
  const plain = ['sex', 'bornOn', 'bornPrecision', 'state'] as const;
  const changed = plain.filter((field) => before?.[field] !== after?.[field]).map((field) => String(field));
  return { ...event, recordedAt: recordedAt.toISOString(), changed };
}

export interface Correction {
  readonly sex?: 0 | 1 | 2 | 9 | undefined;
  readonly bornOn?: string | null | undefined;
  readonly bornPrecision?: 1 | 2 | 3 | undefined;
}

/** Sets right what was written wrongly. Problems: not-found, changed-meanwhile, bad-input. */
export async function correctPerson(
  { tx, actor, now, newId }: Writing,
  follow: PeopleFollower,
  key: PersonKey,
  correction: Correction,
  version: number,
): Promise<void> {
  const row = await recordOf(tx, key);
  const today = await findToday(tx, now);
  const bornPrecision = correction.bornPrecision ?? row.bornPrecision;
  const bornOn = bornAsKnown(correction.bornOn === undefined ? row.bornOn : correction.bornOn, bornPrecision, today);
  const after = { sex: correction.sex ?? row.sex, bornOn, bornPrecision };
  const before = { sex: row.sex, bornOn: row.bornOn, bornPrecision: row.bornPrecision };
  // First, for it is refused of a record that was joined with another, and says with which.
  await insertEvents(tx, [{ ...key, eventId: newId(), kind: 'corrected', onDate: today, before, after }], actor.accountId);
  if (!(await updatePerson(tx, key, { ...after, state: row.state, stateOn: row.stateOn }, version))) throw new Problem('changed-meanwhile');
  await follow.peopleChanged(tx, [key], now);
}

/** Whether the record says so already: of somebody who is back, the day stands in what happened. */
async function saysSo(tx: Tx, row: RecordRow, to: PersonState, onDate: string): Promise<boolean> {
  if (stateOf(row.state) !== to) return false;
  if (to !== 'here') return row.stateOn === onDate;
  return (await findEvents(tx, row)).some((event) => event.kind === 'returned' && event.onDate === onDate);
}

/**
 * She died, left for good, or is back: from then on she is counted no longer, or again. The same again is once: returns whether it is new.
 * Problems: not-found, changed-meanwhile, bad-input.
 */
export async function changeState(
  { tx, actor, now, newId }: Writing,
  follow: PeopleFollower,
  key: PersonKey,
  to: Extract<PersonState, 'here' | 'died' | 'left'>,
  toldDate: string,
  version: number,
): Promise<boolean> {
  const row = await recordOf(tx, key);
  const onDate = dayNotAfter(toldDate, await findToday(tx, now), 'onDate');
  if (await saysSo(tx, row, to, onDate)) return false;
  const from = stateOf(row.state);
  const kind = to === 'here' ? 'returned' : to;
  const events = [{ ...key, eventId: newId(), kind, onDate, before: { state: from }, after: { state: to } }];
  // Refused of a record that was joined with another, and said with which.
  if (from === 'merged') await insertEvents(tx, events, actor.accountId);
  if (from === 'merged' || !mayBecome(from, to)) {
    // What somebody else wrote down meanwhile is no mistake of whoever asks.
    if (row.version !== version) throw new Problem('changed-meanwhile');
    throw new Problem('bad-input', 'state: that cannot be said of this record.');
  }
  const { sex, bornOn, bornPrecision } = row;
  const change = { sex, bornOn, bornPrecision, state: personStates[to], stateOn: to === 'here' ? null : onDate };
  if (!(await updatePerson(tx, key, change, version))) {
    // Somebody else may have said the same in this very moment.
    if (await saysSo(tx, await recordOf(tx, key), to, onDate)) return false;
    throw new Problem('changed-meanwhile');
  }
  await insertEvents(tx, events, actor.accountId);
  await follow.peopleChanged(tx, [key], now);
  return true;
}

/**
 * She lives elsewhere now, in the area or beyond it. Standings follow in the database. False: it was written down before, by whoever asks.
 * Problems: not-found, changed-meanwhile, outside-your-area.
 */
export async function movePersonAway(
  { tx, actor, now, newId }: Writing,
  key: PersonKey,
  to: { placeId: string; householdId: string | null },
  toldDate: string,
  version: number,
): Promise<boolean> {
  const onDate = dayNotAfter(toldDate, await findToday(tx, now), 'onDate');
  if (await wasMoved(tx, key, to, { version, onDate })) return false;
  const row = await recordOf(tx, key);
  if ((await findRegionOf(tx, to.placeId)) === null) throw new Problem('not-found', 'There is no such place.');
  const kind = to.placeId === row.place.placeId ? 'household' : 'moved';
  const before = { placeId: row.place.placeId, householdId: row.householdId };
  // Said while she is still here to be spoken of.
  await insertEvents(tx, [{ ...key, eventId: newId(), kind, onDate, before, after: { ...to } }], actor.accountId);
  if ((await movePersonTo(tx, key, to, version, now)) === null) throw new Problem('changed-meanwhile');
  return true;
}
