// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { ageOn } from '../domain/age-group.ts';
import { HouseholdRecord, PersonRecord } from '../domain/person-record.ts';
import { recordNumber } from '../../platform/domain/record-number.ts';
import { BornPrecision, Day, NewHousehold, NewMembers, RegionId, SexCode, uuid } from '../domain/registration.ts';
import { stateOf } from '../domain/state.ts';
import { dayNotAfter } from '../../platform/domain/phone-clock.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import {
  findHousehold,
  findMembers,
  findRegionOf,
  findToday,
  insertEvents,
  moveHouseholdTo,
  wasHouseholdMoved,
} from './queries-register.ts';
import { addMembers, changeState, correctPerson, movePersonAway, recordOf, registerHousehold, wholeRecord } from './register.ts';
import type { PeopleSetup } from './setup.ts';

export const personParams = Type.Object({ regionId: RegionId, personId: uuid });
export const readers = { may: 'people.read', or: ['assigned.read', 'own.read'] } as const;
const version = Type.Integer({ minimum: 1 });
const writeProblems = ['not-found', 'changed-meanwhile', 'bad-input', 'outside-your-area', 'people-not-kept'] as const;

function registering({ vault, follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people',
    tag: 'People',
    status: 201,
    summary: 'Register a household with its members, after they agreed',
    rule: { may: 'people.write', place: { in: 'body', field: 'placeId' } },
    body: NewHousehold,
    response: Type.Object({ regionId: Type.Integer(), householdId: Type.String(), registered: Type.Boolean() }),
    problems: ['no-consent', 'no-lawful-basis', 'already-there', 'vault-closed', ...writeProblems],
    async handle({ tx, body, actor, now, newId, audit, afterCommit }) {
      const { regionId, registered } = await registerHousehold({ tx, actor, now, newId }, await vault.forRequest(), follow, body);
      if (registered) {
        const people = body.members.map(({ personId }) => personId);
        await audit({
          action: 'people.register',
          placeId: body.placeId,
          subject: body.householdId,
          detail: { people, basis: body.basisId },
        });
        afterCommit(() => follow.listed());
      }
      return { regionId, householdId: body.householdId, registered };
    },
  });
}

function adding({ vault, follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/households/:regionId/:householdId/members',
    tag: 'People',
    status: 201,
    summary: 'Register further members of a household, after they agreed',
    rule: { may: 'people.write' },
    params: Type.Object({ regionId: RegionId, householdId: uuid }),
    body: NewMembers,
    response: Type.Object({ registered: Type.Boolean() }),
    problems: ['no-consent', 'no-lawful-basis', 'already-there', 'vault-closed', ...writeProblems],
    async handle({ tx, params, body, actor, now, newId, audit, afterCommit }) {
      const { regionId, householdId } = params;
      const found = await findHousehold(tx, regionId, householdId);
      if (!found) throw new Problem('not-found', 'There is no such household, or it lies outside your area.');
      const home = { regionId, householdId, placeId: found.place.placeId };
      const { registered } = await addMembers({ tx, actor, now, newId }, await vault.forRequest(), follow, home, body);
      if (registered) {
        const people = body.members.map(({ personId }) => personId);
        const detail = { people, basis: body.basisId };
        await audit({ action: 'people.register', placeId: home.placeId, subject: householdId, detail });
        afterCommit(() => follow.listed());
      }
      return { registered };
    },
  });
}

const readRecord = endpoint({
  method: 'GET',
  path: '/api/people/:regionId/:personId',
  tag: 'People',
  summary: 'The record of one person, without her name',
  rule: readers,
  params: personParams,
  response: PersonRecord,
  problems: ['not-found'],
  handle: (ctx) => wholeRecord(ctx, ctx.params),
});

const readHousehold = endpoint({
  method: 'GET',
  path: '/api/households/:regionId/:householdId',
  tag: 'People',
  summary: 'A household and its members, without names',
  rule: { may: 'people.read', or: ['assigned.read'] },
  params: Type.Object({ regionId: RegionId, householdId: uuid }),
  response: HouseholdRecord,
  problems: ['not-found'],
  async handle({ tx, params, now }) {
    const found = await findHousehold(tx, params.regionId, params.householdId);
    if (!found) throw new Problem('not-found', 'There is no such household, or it lies outside your area.');
    const today = await findToday(tx, now);
    const members = await findMembers(tx, params.regionId, params.householdId);
    return {
      ...found,
      createdAt: found.createdAt.toISOString(),
      members: members.map(({ bornOn, place, state, ...member }) => ({
        ...member,
        number: recordNumber(member.personId),
        age: bornOn === null ? null : ageOn(bornOn, today),
        state: stateOf(state),
        elsewhere: place.placeId === found.place.placeId ? null : place,
      })),
    };
  },
});

function correcting({ follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'PATCH',
    path: '/api/people/:regionId/:personId',
    tag: 'People',
    summary: 'Set right what was written wrongly: sex, birth date',
    rule: { may: 'people.write' },
    params: personParams,
    body: Type.Object({
      sex: Type.Optional(SexCode),
      bornOn: Type.Optional(Type.Union([Day, Type.Null()])),
      bornPrecision: Type.Optional(BornPrecision),
      version,
    }),
    response: PersonRecord,
    problems: writeProblems,
    async handle(ctx) {
      const { version: basedOn, ...correction } = ctx.body;
      await correctPerson(ctx, follow, ctx.params, correction, basedOn);
      await ctx.audit({ action: 'people.correct', subject: ctx.params.personId, detail: { fields: Object.keys(correction) } });
      ctx.afterCommit(() => follow.listed());
      return wholeRecord(ctx, ctx.params);
    },
  });
}

const moving = ({ follow }: PeopleSetup): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/people/:regionId/:personId/move',
    tag: 'People',
    summary: 'A person lives elsewhere now, or in another household',
    rule: { may: 'people.write' },
    params: personParams,
    body: Type.Object({ placeId: uuid, householdId: Type.Union([uuid, Type.Null()]), onDate: Day, version }),
    response: Type.Object({ moved: Type.Boolean() }),
    problems: writeProblems,
    async handle(ctx) {
      const { placeId, householdId, onDate, version: basedOn } = ctx.body;
      if (await movePersonAway(ctx, ctx.params, { placeId, householdId }, onDate, basedOn)) {
        await ctx.audit({ action: 'people.move', placeId, subject: ctx.params.personId });
        ctx.afterCommit(() => follow.listed());
      }
      return { moved: true };
    },
  });

const movingHousehold = ({ follow }: PeopleSetup): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/households/:regionId/:householdId/move',
    tag: 'People',
    summary: 'A household lives elsewhere now, with everybody in it',
    rule: { may: 'people.write' },
    params: Type.Object({ regionId: RegionId, householdId: uuid }),
    body: Type.Object({ placeId: uuid, onDate: Day, version }),
    response: Type.Object({ moved: Type.Integer() }),
    problems: writeProblems,
    async handle({ tx, params, body, actor, now, newId, audit, afterCommit }) {
      const { regionId, householdId } = params;
      const onDate = dayNotAfter(body.onDate, await findToday(tx, now), 'onDate');
      const before = await wasHouseholdMoved(tx, params, { ...body, onDate });
      if (before !== null) return { moved: before };
      const found = await findHousehold(tx, regionId, householdId);
      if (!found) throw new Problem('not-found', 'There is no such household, or it lies outside your area.');
      if ((await findRegionOf(tx, body.placeId)) === null) throw new Problem('not-found', 'There is no such place.');
      const living = (await findMembers(tx, regionId, householdId)).filter(
        ({ state, place }) => stateOf(state) === 'here' && place.placeId === found.place.placeId,
      );
      const from = { placeId: found.place.placeId, householdId },
        after = { placeId: body.placeId, householdId };
      const events = living.map(({ personId }) => ({
        regionId,
        personId,
        eventId: newId(),
        kind: 'moved',
        onDate,
        before: from,
        after,
      }));
      await insertEvents(tx, events, actor.accountId);
      const moved = await moveHouseholdTo(tx, regionId, householdId, body.placeId, body.version, now);
      const people = moved.map(({ personId }) => personId);
      await audit({ action: 'people.move-household', placeId: body.placeId, subject: householdId, detail: { people, onDate } });
      afterCommit(() => follow.listed());
      return { moved: moved.length };
    },
  });

function changingState({ follow }: PeopleSetup): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/api/people/:regionId/:personId/state',
    tag: 'People',
    summary: 'A person died, left for good, or is back',
    rule: { may: 'people.write' },
    params: personParams,
    body: Type.Object({ state: Type.Union([Type.Literal('here'), Type.Literal('died'), Type.Literal('left')]), onDate: Day, version }),
    response: PersonRecord,
    problems: writeProblems,
    async handle(ctx) {
      const { state, onDate, version: basedOn } = ctx.body;
      if (await changeState(ctx, follow, ctx.params, state, onDate, basedOn)) {
        const { place } = await recordOf(ctx.tx, ctx.params);
        await ctx.audit({ action: 'people.state', placeId: place.placeId, subject: ctx.params.personId, detail: { state } });
        ctx.afterCommit(() => follow.listed());
      }
      return wholeRecord(ctx, ctx.params);
    },
  });
}

/** People and households as records; who they are comes by the endpoints of routes-identity.ts. */
export const registerEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  registering(setup),
  adding(setup),
  readRecord,
  readHousehold,
  correcting(setup),
  moving(setup),
  movingHousehold(setup),
  changingState(setup),
];
