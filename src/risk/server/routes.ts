// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { Problem } from '../../platform/domain/problem.ts';
import { endpoint, type Endpoint } from '../../platform/server/endpoint.ts';
import { Instrument, madeOfStatistics, Words } from '../domain/instrument.ts';
import { Answers, SubjectKind } from '../domain/pack.ts';
import type { FollowAnswers } from './follow-answers.ts';
import { findLiveInstruments, liveInstrument } from './queries-instruments.ts';
import { findHome } from './queries.ts';
import { recordAssessments } from './record.ts';

const InstrumentSummary = Type.Object({
  code: Type.String(),
  version: Type.Integer(),
  scores: Type.String(),
  title: Words,
  description: Words,
  indicators: Type.Integer(),
});

const listInstruments = endpoint({
  method: 'GET',
  path: '/api/instruments',
  tag: 'Risk',
  summary: 'The instruments in use',
  rule: { may: 'signed-in' },
  response: Type.Array(InstrumentSummary),
  async handle({ tx }) {
    return (await findLiveInstruments(tx)).map(({ definition: { code, version, scores, title, description, indicators } }) => ({
      code,
      version,
      scores,
      title,
      description,
      indicators: indicators.length,
    }));
  },
});

const getInstrument = endpoint({
  method: 'GET',
  path: '/api/instruments/:code',
  tag: 'Risk',
  summary: 'One instrument with its questions, answers and weights',
  rule: { may: 'signed-in' },
  params: Type.Object({ code: Type.String({ maxLength: 64 }) }),
  response: Instrument,
  problems: ['not-found'],
  async handle({ tx, params }) {
    return (await liveInstrument(tx, params.code)).definition;
  },
});

const NewAssessmentBody = Type.Object(
  {
    /** Made by the client: sending the same assessment twice is once. */
    assessmentId: Type.String({ format: 'uuid' }),
    subjectKind: SubjectKind,
    subjectId: Type.String({ format: 'uuid' }),
    /** The region the subject was registered in. */
    regionId: Type.Integer({ minimum: 0, maximum: 2147483647 }),
    instrument: Type.String({ maxLength: 64 }),
    answers: Answers,
    observedAt: Type.String({ format: 'date-time' }),
    /** The assessment that this one corrects or takes back. */
    supersedes: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
  },
  { additionalProperties: false },
);

const postAssessment = (follow: Pick<FollowAnswers, 'followed'>): Endpoint =>
  endpoint({
    method: 'POST',
    path: '/api/assessments',
    tag: 'Risk',
    status: 201,
    summary: 'Record answers about a person, a household or a place',
    rule: { may: 'assess.write' },
    body: NewAssessmentBody,
    response: Type.Object({
      assessmentId: Type.String(),
      /** False when this very assessment was there already. */
      recorded: Type.Boolean(),
      /** How many people or places are scored anew: at once, or within minutes where they are very many. */
      rescored: Type.Integer(),
    }),
    problems: ['bad-input', 'not-allowed', 'not-found', 'outside-your-area', 'already-there', 'changed-meanwhile', 'restricted'],
    async handle({ tx, body, actor, now, audit, afterCommit }) {
      const stored = await liveInstrument(tx, body.instrument);
      if (madeOfStatistics(stored.definition)) {
        throw new Problem('not-allowed', `Answers to ${body.instrument} are scored from statistics: import the file that measured them.`);
      }
      const later = stored.definition.scores === 'person';
      const { recorded, rescored } = await recordAssessments(
        tx,
        [{ ...body, observedAt: new Date(body.observedAt), actorId: actor.accountId }],
        now,
        { later, under: stored },
      );
      if (later && recorded > 0) afterCommit(() => follow.followed());
      if (recorded > 0) {
        await audit({
          action: 'assessments.record',
          placeId: await findHome(tx, body),
          subject: body.subjectId,
          detail: {
            assessmentId: body.assessmentId,
            instrument: body.instrument,
            kind: body.subjectKind,
            corrects: body.supersedes ?? null,
          },
        });
      }
      return { assessmentId: body.assessmentId, recorded: recorded > 0, rescored };
    },
  });

export const assessmentEndpoints = (follow: Pick<FollowAnswers, 'followed'>): readonly Endpoint[] => [
  listInstruments,
  getInstrument,
  postAssessment(follow),
];
