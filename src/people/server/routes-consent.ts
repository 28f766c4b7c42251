// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { LawfulBasis, NewBasis } from '../domain/basis.ts';
import { NewConsent, saidAt } from '../domain/consent.ts';
import { EndedCarePage, EndedCareQuery, PersonRecord } from '../domain/person-record.ts';
import { uuid } from '../domain/registration.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { arePeopleKept, endBasis, insertBasis, listBases, setPeopleKept } from './queries-basis.ts';
import {
  endAssignment,
  endReferrals,
  findSharingConsent,
  insertAssignment,
  isAssigned,
  listCaseWorkers,
  listEndedCare,
  listOrganisations,
  mayAccompany,
  saidAndLeft,
} from './queries-assign.ts';
import { holdRecord } from './queries.ts';
import { findRecord, insertConsents, isSaid } from './queries-register.ts';
import { recordOf, recordToWrite, wholeRecord } from './register.ts';
import { personParams } from './routes-register.ts';
import type { PeopleSetup } from './setup.ts';

const sayConsent = ({ follow }: PeopleSetup): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/people/:regionId/:personId/consents',
    tag: 'People',
    status: 201,
    summary: 'Write down what somebody consents to, refuses or takes back',
    rule: { may: 'consent.write' },
    params: personParams,
    body: NewConsent,
    // Null: it was written down, and by it the record is closed to whoever wrote it.
    response: Type.Union([PersonRecord, Type.Null()]),
    problems: ['not-found', 'bad-input', 'already-there', 'changed-meanwhile', 'outside-your-area'],
    async handle(ctx) {
      const { tx, params, body, actor, now, audit, afterCommit } = ctx;
      await holdRecord(tx, params);
      if (!(await findRecord(tx, params)) && (await saidAndLeft(tx, params, body.eventId))) return null;
      await recordOf(tx, params);
      const said = { ...body, observedAt: saidAt(body, now).toISOString(), ...params };
      const added = await insertConsents(tx, [said], actor.accountId, now);
      // Otherwise somebody's "no" could be dropped in silence, under the number of another word.
      if (added === 0 && !(await isSaid(tx, said)))
        throw new Problem('already-there', 'Something else was written down under this id before.');
      if (added > 0) {
        const { purpose, act, byWhom } = body;
        const ended = purpose === 'share' && act !== 'given' ? await endReferrals(tx, params, body.organisationId ?? null) : 0;
        await audit({ action: `consent.${act}`, subject: params.personId, detail: { purpose, byWhom, referralsEnded: ended } });
      }
      // What follows for the use of the record and for who accompanies her, the database says itself (db/migrations/0032, 0047).
      if (added > 0 && body.purpose === 'register') afterCommit(() => follow.followed());
      return (await saidAndLeft(tx, params, body.eventId)) && !(await findRecord(tx, params)) ? null : wholeRecord(ctx, params);
    },
  });

const assign = endpoint({
  method: 'POST',
  path: '/api/people/:regionId/:personId/assignments',
  tag: 'People',
  status: 201,
  summary: 'Assign somebody to a case worker, or refer her to an organisation she agrees to be shared with',
  rule: { may: 'people.assign' },
  params: personParams,
  body: Type.Object({
    assignmentId: uuid,
    accountId: Type.Optional(Type.String({ maxLength: 64 })),
    organisationId: Type.Optional(uuid),
    untilAt: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  response: PersonRecord,
  problems: ['not-found', 'bad-input', 'no-consent', 'restricted', 'already-there', 'changed-meanwhile', 'outside-your-area'],
  async handle(ctx) {
    const { tx, params, body, actor, audit } = ctx;
    const { place, restricted } = await recordToWrite(tx, params);
    const { assignmentId, accountId = null, organisationId = null, untilAt = null } = body;
    if ((accountId === null) === (organisationId === null))
      throw new Problem('bad-input', 'Name a case worker or an organisation, and not both.');
    if (accountId !== null && !(await listCaseWorkers(tx)).some((worker) => worker.accountId === accountId))
      throw new Problem('not-found', 'There is no such case worker.');
    if (accountId !== null && restricted !== null) throw new Problem('restricted', 'This record is used no further.');
    if (accountId !== null && !(await mayAccompany(tx, params)))
      throw new Problem('no-consent', 'The person has not agreed to be accompanied by a case worker.');
    const consentId = organisationId === null ? null : await findSharingConsent(tx, params, organisationId);
    if (organisationId !== null && consentId === null)
      throw new Problem('no-consent', 'The person has not agreed to be shared with this organisation.');
    const kind = organisationId === null ? 'case_worker' : 'referral';
    if (await insertAssignment(tx, { ...params, assignmentId, kind, accountId, organisationId, consentId, untilAt }, actor.accountId))
      await audit({
        action: 'people.assign',
        placeId: place.placeId,
        subject: params.personId,
        detail: { kind, to: accountId ?? organisationId },
      });
    return wholeRecord(ctx, params);
  },
});

const unassign = endpoint({
  method: 'DELETE',
  path: '/api/people/:regionId/:personId/assignments/:assignmentId',
  tag: 'People',
  summary: 'End an assignment or referral',
  rule: { may: 'people.assign' },
  params: Type.Intersect([personParams, Type.Object({ assignmentId: uuid })]),
  response: PersonRecord,
  problems: ['not-found'],
  async handle(ctx) {
    const { tx, params, actor, now, audit } = ctx;
    if (await endAssignment(tx, params, params.assignmentId, actor.accountId, now))
      await audit({ action: 'people.unassign', subject: params.personId });
    else if (!(await isAssigned(tx, params, params.assignmentId))) throw new Problem('not-found');
    return wholeRecord(ctx, params);
  },
});

const endedCare = endpoint({
  method: 'GET',
  path: '/api/people/care-ended',
  tag: 'People',
  summary: 'Care and referrals that ended in the last ninety days because somebody said no: by record number, without names',
  rule: { may: 'people.assign', or: ['assigned.read', 'consent.read'] },
  query: EndedCareQuery,
  response: EndedCarePage,
  problems: ['bad-input'],
  handle: ({ tx, now, query }) => listEndedCare(tx, now, query),
});

const caseWorkers = endpoint({
  method: 'GET',
  path: '/api/case-workers',
  tag: 'People',
  summary: 'Case workers to whom somebody may be assigned',
  rule: { may: 'people.assign' },
  response: Type.Array(
    Type.Object({ accountId: Type.String(), displayName: Type.String(), organisation: Type.Union([Type.String(), Type.Null()]) }),
  ),
  handle: ({ tx }) => listCaseWorkers(tx),
});

const organisations = endpoint({
  method: 'GET',
  path: '/api/referral-organisations',
  tag: 'People',
  summary: 'Organisations to which somebody may be referred, if she agrees',
  rule: { may: 'people.assign' },
  response: Type.Array(Type.Object({ organisationId: Type.String(), name: Type.String() })),
  handle: ({ tx }) => listOrganisations(tx),
});

const readSettings = endpoint({
  method: 'GET',
  path: '/api/people/settings',
  tag: 'People',
  summary: 'Whether this installation keeps people, and on which lawful basis',
  rule: { may: 'signed-in' },
  response: Type.Object({ peopleKept: Type.Boolean(), bases: Type.Array(LawfulBasis) }),
  async handle({ tx }) {
    return { peopleKept: await arePeopleKept(tx), bases: await listBases(tx) };
  },
});

const writeSettings = endpoint({
  method: 'PUT',
  path: '/api/people/settings',
  tag: 'People',
  summary: 'Switch records of people on or off',
  rule: { may: 'settings.manage' },
  body: Type.Object({ peopleKept: Type.Boolean() }),
  response: Type.Object({ peopleKept: Type.Boolean() }),
  problems: ['no-lawful-basis', 'people-recorded'],
  async handle({ tx, body, audit }) {
    await setPeopleKept(tx, body.peopleKept);
    await audit({ action: body.peopleKept ? 'people.switched-on' : 'people.switched-off' });
    return { peopleKept: body.peopleKept };
  },
});

const stateBasis = endpoint({
  method: 'POST',
  path: '/api/people/bases',
  tag: 'People',
  status: 201,
  summary: 'State a lawful basis on which people are recorded',
  rule: { may: 'basis.manage' },
  body: NewBasis,
  response: Type.Array(LawfulBasis),
  problems: ['bad-input'],
  async handle({ tx, body, actor, audit }) {
    if (body.ground === 'consent' && !body.needsConsent)
      throw new Problem('bad-input', 'needsConsent: where consent is the ground, everybody is asked.');
    if (await insertBasis(tx, body, actor.accountId))
      await audit({ action: 'people.basis', subject: body.basisId, detail: { ground: body.ground, needsConsent: body.needsConsent } });
    return listBases(tx);
  },
});

const endingBasis = endpoint({
  method: 'POST',
  path: '/api/people/bases/:basisId/end',
  tag: 'People',
  summary: 'Record nobody on this basis from now on',
  rule: { may: 'basis.manage' },
  params: Type.Object({ basisId: uuid }),
  body: Type.Object({ version: Type.Integer({ minimum: 1 }) }),
  response: Type.Array(LawfulBasis),
  problems: ['changed-meanwhile'],
  async handle({ tx, params, body, now, audit }) {
    if (!(await endBasis(tx, params.basisId, body.version, now))) throw new Problem('changed-meanwhile');
    await audit({ action: 'people.basis-ended', subject: params.basisId });
    return listBases(tx);
  },
});

/** What people say about their record, who takes care of them, and on which basis anybody is recorded at all. */
export const consentEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  sayConsent(setup),
  assign,
  unassign,
  endedCare,
  caseWorkers,
  organisations,
  readSettings,
  writeSettings,
  stateBasis,
  endingBasis,
];
