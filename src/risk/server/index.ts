// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import type { Endpoint } from '../../platform/server/endpoint.ts';
import type { FollowAnswers } from './follow-answers.ts';
import { figureEndpoints } from './routes-figures.ts';
import { mapEndpoints } from './routes-map.ts';
import { peopleListEndpoints } from './routes-people-list.ts';
import { personEndpoints } from './routes-person.ts';
import { assessmentEndpoints } from './routes.ts';

export { shippedInstruments } from '../domain/instruments/index.ts';
export { areaStatsKind, importAreaStats } from './area-stats.ts';
export { closeMonth, keepTime, monthsToClose, tickClock } from './clock.ts';
export { publishMonths } from './map-publish.ts';
export { mapEndpoints } from './routes-map.ts';
export { FollowAnswers, followPlace, followSome } from './follow-answers.ts';
export { followHouseholds } from './follow-households.ts';
export { followPlaces } from './follow-places.ts';
export { type HistoryOptions, rollupMonthsFromHistory, workOutHistory } from './history.ts';
export { observationsKind, peopleKind, type OpenVault } from './intake/kind.ts';
export { installInstruments, publishInstrument } from './instruments.ts';
export { mostInstrumentBytes, type InstrumentFault } from './instrument-text.ts';
export { exportInstrument, listVersions, publishFile, type Publication, type VersionLine } from './publish.ts';
export { findTimeZone, liveInstrument, type StoredInstrument } from './queries-instruments.ts';
export { lockInstrument, type Subject } from './queries.ts';
export { personOnPaper } from './person-paper.ts';
export { instrumentsOfPeople } from './asked.ts';
export { type NewAssessment, recordAssessments, type RecordOptions } from './record.ts';
export { type Difference, recount, recountLists, recountRollups } from './recount.ts';
export { recountPublished, recountSums } from './recount-given.ts';
export { peopleChanged, rescoreAll, rescoreBatch, type RescoreOptions, rescorePeople, rescorePlaces, type Whom } from './rescore.ts';

/** Everything this room answers over HTTP. `counting`: connections of waymark_jobs, which count everybody for the disclosure function and for nothing else. */
export const riskEndpoints = (counting: Kysely<unknown>, follow: Pick<FollowAnswers, 'followed'>): readonly Endpoint[] => [
  ...assessmentEndpoints(follow),
  ...mapEndpoints(counting),
  ...figureEndpoints(counting),
  ...peopleListEndpoints,
  ...personEndpoints,
];
