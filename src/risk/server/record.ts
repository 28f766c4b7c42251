// SPDX-License-Identifier: AGPL-3.0-or-later
import { orProblem } from '../../people/server/index.ts';
import { notAfter } from '../../platform/domain/phone-clock.ts';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import { type Answers, packAnswers, unpackAnswers } from '../domain/pack.ts';
import { findVersions, liveInstrument, type StoredInstrument } from './queries-instruments.ts';
import { leaveToFollow } from './queries-follow.ts';
import { many, planForMany } from './queries-plan.ts';
import {
  type AssessmentRow,
  findAssessments,
  findDeepestMeasured,
  findPlacesOfCountries,
  insertAssessments,
  lockSubjects,
  rescoreAffected,
  rescorePlaceIds,
  type StoredAssessment,
  type Subject,
} from './queries.ts';

/** Answers to one instrument about one subject at one moment. The client makes the id, so that sending it twice is once. */
export interface NewAssessment extends Subject {
  readonly assessmentId: string;
  /** Code of a live instrument. */
  readonly instrument: string;
  readonly answers: Answers;
  readonly observedAt: Date;
  readonly actorId: string;
  /** `summed`: worked out from the places below. Default `measured`. */
  readonly origin?: 'measured' | 'summed';
  /** The assessment that this one corrects or takes back. */
  readonly supersedes?: string | null;
  readonly batchId?: string | null;
}

export interface RecordOptions {
  /** False: the caller rescores itself, once, after many calls (rescorePlaces, rescorePeople). */
  readonly rescore?: boolean;
  /** The version the answers are given under, where it is not the live one: corrections of answers to a question that was dropped since. */
  readonly under?: StoredInstrument;
  /**
   * For instruments that score people: standings follow right after this transaction (FollowAnswers), together with those of others who save at the
   * same moment; of an answer about a place where many live some at a time. `rescored` says how many will.
   */
  readonly later?: boolean;
}

const tooMany = 20_000;
/** Append-only: a slip of the pen a thousand years back could never be taken out. The database holds the same bound. */
const earliest = new Date('1900-01-01T00:00:00Z');

function rowOf(input: NewAssessment, stored: StoredInstrument, now: Date): AssessmentRow {
  const {
    observedAt: told,
    supersedes = null,
    batchId = null,
    origin = 'measured',
    assessmentId,
    subjectKind,
    subjectId,
    regionId,
    actorId,
  } = input;
  if (Number.isNaN(told.getTime())) throw new Problem('bad-input', 'The date of the assessment cannot be read.');
  const observedAt = notAfter(told, now);
  if (observedAt < earliest)
    throw new Problem('bad-input', `The assessment is dated ${observedAt.toISOString()}, before ${earliest.getUTCFullYear()}.`);
  if (origin === 'summed' && subjectKind !== 'place') throw new Problem('bad-input', 'Only places are summed from below.');
  if (supersedes === assessmentId) throw new Problem('bad-input', 'An assessment cannot correct itself.');
  const answers = packAnswers(stored.definition, subjectKind, input.answers, supersedes);
  return {
    assessmentId,
    subjectKind,
    subjectId,
    regionId,
    instrumentId: stored.instrumentId,
    origin,
    answers,
    observedAt,
    supersedes,
    batchId,
    actorId,
  };
}

function sameAnswers(a: Answers, b: Answers): boolean {
  const plain = (answers: Answers): string => JSON.stringify(Object.entries(answers).sort(([x], [y]) => (x < y ? -1 : 1)));
  return plain(a) === plain(b);
}

/** Protected answers without those that the writer may not read again: nobody finds out what they are by sending guesses under an old id. */
function blanked(answers: Uint8Array, { whole, protectedAt }: StoredAssessment): Uint8Array {
  if (whole) return answers;
  const rest = Uint8Array.from(answers);
  for (const at of protectedAt) rest[at] = 0;
  return rest;
}

function readable(definition: Instrument, old: StoredAssessment): Answers {
  return unpackAnswers(definition, blanked(old.answers, old));
}

/** An id that was there already must carry the same content, else two devices made one id or somebody changed what was said. */
async function refuseOtherContent(
  tx: Tx,
  again: readonly AssessmentRow[],
  input: readonly NewAssessment[],
  stored: StoredInstrument,
): Promise<void> {
  if (again.length === 0) return;
  const told = new Map(input.map(({ assessmentId, observedAt }) => [assessmentId, observedAt.getTime()]));
  const there = new Map((await findAssessments(tx, again)).map((a) => [a.assessmentId, a]));
  const versions = new Map((await findVersions(tx, stored.code)).map((v) => [v.instrumentId, v]));
  for (const row of again) {
    const old = there.get(row.assessmentId);
    const version = old && versions.get(old.instrumentId);
    const same =
      old &&
      version &&
      old.subjectKind === row.subjectKind &&
      old.subjectId === row.subjectId &&
      old.origin === row.origin &&
      old.supersedes === row.supersedes &&
      // What a phone told that ran ahead was kept as the moment it came in.
      old.observedAt.getTime() === Math.min(told.get(row.assessmentId)!, old.recordedAt.getTime()) &&
      sameAnswers(readable(version.definition, old), unpackAnswers(stored.definition, blanked(row.answers, old)));
    if (!same) throw new Problem('already-there', `An assessment ${row.assessmentId} with other content is there already.`);
  }
}

/** A correction names an assessment of the same subject under the same instrument. */
async function refuseStrayCorrections(tx: Tx, rows: readonly AssessmentRow[], code: string): Promise<void> {
  const corrections = rows.filter((r) => r.supersedes !== null);
  if (corrections.length === 0) return;
  const keys = corrections.map((r) => ({ regionId: r.regionId, assessmentId: r.supersedes ?? '' }));
  const there = new Map((await findAssessments(tx, keys)).map((a) => [a.assessmentId, a]));
  for (const row of corrections) {
    const old = there.get(row.supersedes ?? '');
    if (!old || old.code !== code || old.subjectKind !== row.subjectKind || old.subjectId !== row.subjectId) {
      throw new Problem('bad-input', `The assessment ${row.supersedes} that is corrected is not one of the same subject under ${code}.`);
    }
  }
}

function distinct(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map((s) => [`${s.subjectKind} ${s.regionId} ${s.subjectId}`, s])).values()];
}

/** Places: an answer deeper than any before changes what is handed down in the whole country, else only the places below are touched. */
async function recordOnPlaces(
  tx: Tx,
  code: string,
  subjects: readonly Subject[],
  now: Date,
  write: () => Promise<number>,
): Promise<{ recorded: number; rescored: number }> {
  const ids = subjects.map((s) => s.subjectId);
  const before = await findDeepestMeasured(tx, code, ids, now);
  const recorded = await write();
  if (recorded === 0) return { recorded, rescored: 0 };
  const after = await findDeepestMeasured(tx, code, ids, now);
  if (JSON.stringify(before) === JSON.stringify(after))
    return { recorded, rescored: await rescoreAffected(tx, code, 'place', subjects, now) };
  const all = await findPlacesOfCountries(tx, ids);
  await rescorePlaceIds(tx, code, all, now);
  return { recorded, rescored: all.length };
}

async function queueBehindOthers(tx: Tx, code: string, subjects: readonly Subject[]): Promise<{ found: number; reached: number }> {
  return { found: await lockSubjects(tx, code, subjects), reached: 0 };
}

async function recordUnder(
  tx: Tx,
  code: string,
  input: readonly NewAssessment[],
  now: Date,
  { rescore = true, under, later = false }: RecordOptions,
): Promise<{ recorded: number; rescored: number }> {
  const stored = under?.code === code ? under : await liveInstrument(tx, code);
  const rows = input.map((a) => rowOf(a, stored, now));
  const subjects = distinct(rows);
  const { found, reached } = await orProblem(later ? leaveToFollow(tx, rows) : queueBehindOthers(tx, code, subjects));
  if (found < subjects.length) {
    throw new Problem('not-found', 'A person, household or place that is assessed is not registered here.');
  }
  const write = async (): Promise<number> => {
    const done = await orProblem(insertAssessments(tx, rows, now));
    const seen = new Set<string>();
    const again = rows.filter((r) => !done.has(r.assessmentId) || seen.size === seen.add(r.assessmentId).size);
    await refuseOtherContent(tx, again, input, stored);
    await refuseStrayCorrections(tx, rows, code);
    return done.size;
  };
  if (later) {
    const recorded = await write();
    return { recorded, rescored: recorded === 0 ? 0 : reached };
  }
  if (!rescore) return { recorded: await write(), rescored: 0 };
  if (stored.definition.scores === 'place') return recordOnPlaces(tx, code, subjects, now, write);
  const recorded = await write();
  if (recorded === 0) return { recorded, rescored: 0 };
  // What is said of a place concerns everybody below it.
  if (subjects.length >= many || subjects.some((s) => s.subjectKind === 'place')) await planForMany(tx);
  return { recorded, rescored: await rescoreAffected(tx, code, 'person', subjects, now) };
}

/**
 * Appends assessments and brings every standing and rollup they change in line, in this transaction. Thousands a call; one call a
 * transaction, or lockInstrument first, so that writers queue in one order. Answers: how many were new, how many people or places were
 * looked at again. An id that is there with the same content is left alone. Problems: 'bad-input' (answers, dates, stray corrections),
 * 'not-found' (instrument; subject, for jobs), 'outside-your-area' (subject, also one that is not registered), 'already-there' (same id, other content), 'too-large'.
 */
export async function recordAssessments(
  tx: Tx,
  input: readonly NewAssessment[],
  now: Date,
  options: RecordOptions = {},
): Promise<{ recorded: number; rescored: number }> {
  if (input.length > tooMany) throw new Problem('too-large', `${input.length} assessments at once; send at most ${tooMany}.`);
  const byCode = new Map<string, NewAssessment[]>();
  for (const a of input) {
    const group = byCode.get(a.instrument);
    if (group) group.push(a);
    else byCode.set(a.instrument, [a]);
  }
  let recorded = 0,
    rescored = 0;
  for (const [code, group] of [...byCode].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const done = await recordUnder(tx, code, group, now, options);
    recorded += done.recorded;
    rescored += done.rescored;
  }
  return { recorded, rescored };
}
