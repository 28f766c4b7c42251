// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Identity } from '../domain/identity.ts';
import { ageOn } from '../domain/age-group.ts';
import { cleanIdentity } from '../domain/identity-normal.ts';
import { FoundPerson, NamedIdentity, PersonKey } from '../domain/person-record.ts';
import { lastGroupOf, recordNumber } from '../../platform/domain/record-number.ts';
import { uuid } from '../domain/registration.ts';
import { stateOf } from '../domain/state.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { findKeysByNumber, findRecord, findSummaries, findToday, insertEvents } from './queries-register.ts';
import { recordToWrite } from './register.ts';
import { personParams } from './routes-register.ts';
import type { PeopleSetup } from './setup.ts';
import { getIdentities, putCorrected, searchByName } from './vault/doors.ts';

const namers = { may: 'identity.read', or: ['assigned.read', 'own.read'] } as const;
const Name = Type.Object({ regionId: Type.Integer(), personId: Type.String(), number: Type.String(), name: Type.String() });

/** The name to show in a list: what she is called, otherwise the first. */
function shownName({ names }: Identity): string {
  return (names.find(({ kind }) => kind === 'called') ?? names[0])?.full ?? '';
}

function reading({ vault }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/api/people/:regionId/:personId/identity',
    tag: 'People',
    summary: 'Who somebody is: names, telephone numbers, documents. Each reading is recorded.',
    rule: namers,
    params: personParams,
    response: NamedIdentity,
    problems: ['not-found', 'vault-closed', 'too-many-requests'],
    async handle({ tx, params, audit }) {
      const [known] = await getIdentities(tx, await vault.forRequest(), [params], audit);
      if (known) return known;
      // Nothing was read, and what was written of it is taken back: whoever tries one id after the other leaves this trace instead.
      const record = (await findRecord(tx, params)) ? undefined : { action: 'identity.refused', subject: params.personId, detail: {} };
      throw new Problem('not-found', 'No name is kept, or it is not yours to read.', { record });
    },
  });
}

function writing({ vault }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'PUT',
    path: '/api/people/:regionId/:personId/identity',
    tag: 'People',
    summary: 'Set right who somebody is',
    rule: { may: 'people.write' },
    params: personParams,
    body: Type.Object({
      identity: Identity,
      basedOn: Type.Integer({ minimum: 0 }),
      /** What reading it said: whether telephone numbers were left out. To be said where any are. */
      numbersWithheld: Type.Optional(Type.Boolean()),
      /** Numbers that were not shown are taken out too; otherwise they stay. */
      dropNumbers: Type.Optional(Type.Boolean()),
    }),
    response: Type.Object({ version: Type.Integer() }),
    problems: ['not-found', 'bad-input', 'changed-meanwhile', 'outside-your-area', 'vault-closed'],
    async handle({ tx, params, body, actor, now, newId, audit }) {
      await recordToWrite(tx, params);
      await insertEvents(tx, [{ ...params, eventId: newId(), kind: 'identity', onDate: await findToday(tx, now) }], actor.accountId);
      const row = { ...params, identity: cleanIdentity(body.identity), basedOn: body.basedOn };
      const { numbersWithheld, dropNumbers = false } = body;
      await putCorrected(tx, await vault.forRequest(), row, { numbersWithheld, dropNumbers });
      await audit({ action: 'people.identity', subject: params.personId });
      return { version: body.basedOn + 1 };
    },
  });
}

function naming({ vault }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people/names',
    tag: 'People',
    summary: 'The names of the people of a list that is on the screen; one entry in the record of use',
    rule: namers,
    body: Type.Object({ people: Type.Array(PersonKey, { minItems: 1, maxItems: 200 }) }),
    response: Type.Object({ names: Type.Array(Name) }),
    problems: ['vault-closed', 'too-many-requests'],
    async handle({ tx, body, audit }) {
      const known = await getIdentities(tx, await vault.forRequest(), body.people, audit, { numbers: 'all' });
      const names = known.map(({ regionId, personId, identity }) => ({
        regionId,
        personId,
        number: recordNumber(personId),
        name: shownName(identity),
      }));
      return { names };
    },
  });
}

function searching({ vault }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people/search',
    tag: 'People',
    summary: 'Find people by name, telephone number, document or record number; what is typed is kept nowhere',
    rule: namers,
    body: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 200 }),
      placeId: Type.Optional(Type.Union([uuid, Type.Null()])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
    }),
    response: Type.Object({ found: Type.Array(FoundPerson) }),
    problems: ['vault-closed', 'too-many-requests'],
    async handle({ tx, body, now, audit }) {
      const opened = await vault.forRequest();
      const group = lastGroupOf(body.text);
      const byNumber = group === null ? [] : await getIdentities(tx, opened, await findKeysByNumber(tx, group), audit);
      const hits = await searchByName(tx, opened, { text: body.text, placeId: body.placeId ?? null, limit: body.limit ?? 20 }, audit);
      const all = [...byNumber.map((known) => ({ ...known, likeness: 1 })), ...hits];
      const once = [...new Map(all.reverse().map((hit) => [hit.personId, hit])).values()].reverse();
      const today = await findToday(tx, now);
      const about = new Map((await findSummaries(tx, once)).map((row) => [row.personId, row]));
      const found = once.flatMap(({ regionId, personId, identity, likeness }) => {
        const row = about.get(personId);
        if (!row) return [];
        const { place, sex, bornOn } = row;
        const age = bornOn === null ? null : ageOn(bornOn, row.stateOn ?? today);
        const state = stateOf(row.state);
        return { regionId, personId, number: recordNumber(personId), name: shownName(identity), likeness, place, sex, age, state };
      });
      return { found };
    },
  });
}

/** Who people are. Nothing here is answered without an entry in the record of use (vault/doors.ts). */
export const identityEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  reading(setup),
  writing(setup),
  naming(setup),
  searching(setup),
];
