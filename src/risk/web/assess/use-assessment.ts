// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import type { JoinedRecord } from '../../../platform/domain/problem.ts';
import { api, ApiProblem } from '../../../platform/web/api.ts';
import { dayHere, timeNow } from '../../../platform/web/clock.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct, useResource, type Act } from '../../../platform/web/resource.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Answers, BySex } from '../../domain/pack.ts';
import type { HouseholdRisk, PersonRisk, PlaceRisk, TimelineEntry } from '../../domain/person-risk.ts';
import type { VisitMoment } from '../../domain/visit-day.ts';
import { loadInstrument } from '../view-data.ts';
import { carryDraft, draftKey, forgetDraft, keepDraft, readDraft, type Draft } from './draft.ts';

/** Whom the questions are about. */
export interface Subject {
  readonly kind: 'person' | 'household' | 'place';
  /** The region of registration; of a place it is asked. */
  readonly regionId: number | null;
  readonly id: string;
}

export interface Loaded {
  readonly instrument: Instrument;
  readonly risk: PersonRisk | HouseholdRisk | PlaceRisk;
  /** What was said before of whom or what the questions are about. */
  readonly said: readonly TimelineEntry[];
  /** The visit that is corrected, if one is. */
  readonly old: TimelineEntry | null;
}

/** The page of whom or what the questions are about. */
export const pathOf = ({ kind, regionId, id }: Subject): string =>
  kind === 'place' ? `/places/${id}` : `/${kind === 'person' ? 'people' : 'households'}/${regionId}/${id}`;

export function useLoaded(subject: Subject, code: string | null, corrects: string | null) {
  const path = pathOf(subject),
    locale = language().code;
  return useResource<Loaded>(
    async (signal) => {
      const risk = await api.get<Loaded['risk']>(`${path}/risk`, { instrument: code, locale }, { signal });
      const instrument = await loadInstrument(risk.instrument.code, signal);
      const old = saidOf(subject, risk).find(({ assessmentId }) => assessmentId === corrects) ?? null;
      return { instrument, risk, old, said: saidOf(subject, risk) };
    },
    [path, code, corrects, locale],
  );
}

/** What a visit that is corrected said, as far as the reader may know it. */
export function saidBefore(old: TimelineEntry | null): Answers {
  const said: Answers = {};
  for (const { code, side, answer, voided } of old?.answers ?? []) {
    if (voided || answer === 'withdrawn') continue;
    said[code] = side === null ? answer : { ...sidesOf(said[code]), [side]: answer };
  }
  return said;
}

/** An answer by sex; a plain one is that of both. */
export const sidesOf = (answer: Answers[string] | undefined): BySex =>
  typeof answer === 'object' ? answer : answer === undefined ? {} : { female: answer, male: answer };

/** What is sent of one question: nothing where it stands as it stood, and "withdrawn" where it was taken out. */
function changeOf(now: Answers[string] | undefined, was: Answers[string] | undefined): Answers[string] | undefined {
  if (typeof now !== 'object' && typeof was !== 'object') return now === was ? undefined : (now ?? 'withdrawn');
  const [sidesNow, sidesThen] = [sidesOf(now), sidesOf(was)];
  const changed: BySex = {};
  for (const side of ['female', 'male'] as const) if (sidesNow[side] !== sidesThen[side]) changed[side] = sidesNow[side] ?? 'withdrawn';
  return Object.keys(changed).length > 0 ? changed : undefined;
}

/** What is sent: of a correction, only what is different now; an answer that was taken out is withdrawn. */
export function toSend(answers: Answers, said: Answers): Answers {
  const sent: Answers = {};
  for (const code of new Set([...Object.keys(answers), ...Object.keys(said)])) {
    const change = changeOf(answers[code], said[code]);
    if (change !== undefined) sent[code] = change;
  }
  return sent;
}

export interface Assessing {
  readonly draft: Draft;
  /** The draft was begun before this page was opened. */
  readonly found: boolean;
  readonly sending: Answers;
  readonly saved: boolean;
  /** Whom it is about is closed to whoever asks by now: nothing of what was answered is kept. */
  readonly closed: boolean;
  /** When the visit was, and what time it is. */
  readonly moment: VisitMoment;
  readonly save: Act<[]>;
  answer(code: string, answer: Answers[string] | undefined): void;
  setDay(on: string): void;
  /** The record was joined with another: takes the answers along. Returns where to go on with them. */
  goOnWith(kept: JoinedRecord): string;
  startAgain(): void;
}

function fresh(old: TimelineEntry | null): Draft {
  return {
    assessmentId: uuidv7(),
    answers: saidBefore(old),
    on: old ? old.observedOn : dayHere(),
    supersedes: old?.assessmentId ?? null,
    begun: timeNow().toISOString(),
  };
}

/**
 * A visit of the day on which it was begun was then; one of another day was at noon; a correction speaks of the moment it corrects. However often it
 * is sent it says the same, so that one whose answer was lost is known again.
 */
function momentOf({ on, begun }: Draft, old: TimelineEntry | null): string {
  if (old) return old.observedAt;
  return on === dayHere(new Date(begun)) ? begun : new Date(`${on}T12:00:00`).toISOString();
}

/** The days of a visit are those of the calendar where the device is. */
const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What was said before of this very person, household or place, and not of what is around. */
export const saidOf = ({ kind, id }: Subject, { timeline }: Pick<Loaded['risk'], 'timeline'>): TimelineEntry[] =>
  timeline.filter(({ about, place }) => about === kind && (place === null || place.placeId === id));

/** A correction is not taken along: it corrects a visit of the record that was joined, and the copy on the other has another id. */
function carriedTo({ regionId, personId }: JoinedRecord, code: string, answered: { readonly draft: Draft; readonly key: string } | null) {
  const path = pathOf({ kind: 'person', regionId, id: personId });
  if (!answered) return path;
  carryDraft(answered.draft, answered.key, draftKey(path, code, null), timeNow().getTime());
  return `${path}/assess?instrument=${encodeURIComponent(code)}`;
}

/** Whoever was asked is not the reader's to ask any more. */
const isClosedNow = ({ kind }: Subject, problem: unknown): boolean =>
  kind !== 'place' && problem instanceof ApiProblem && problem.code === 'outside-your-area';

/** Saves by itself what could not be sent, when the line comes back. */
function useAgainOnline(save: Act<[]>): void {
  useEffect(() => {
    if (save.problem?.code !== 'offline') return undefined;
    const again = () => void save.run();
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, [save.problem]);
}

/** The answers as they are given, kept on the device until they are saved, and saved again by themselves when the line comes back. */
export function useAssessing(subject: Subject, { instrument, risk, old }: Loaded): Assessing {
  const key = draftKey(pathOf(subject), instrument.code, old?.assessmentId ?? null);
  const [{ draft, found }, setState] = useState(() => {
    const kept = readDraft(key, timeNow().getTime());
    return { draft: kept ?? fresh(old), found: kept !== null };
  });
  const [saved, setSaved] = useState(false);
  const put = (next: Draft) => {
    keepDraft(key, next);
    setState({ draft: next, found });
  };
  const sending = toSend(draft.answers, saidBefore(old));
  const post = ({ assessmentId, supersedes }: Pick<Draft, 'assessmentId' | 'supersedes'>) =>
    api.post('/assessments', {
      assessmentId,
      subjectKind: subject.kind,
      subjectId: subject.id,
      regionId: risk.regionId,
      instrument: instrument.code,
      answers: sending,
      observedAt: momentOf(draft, old),
      supersedes,
    });
  const save = useAct(async () => {
    try {
      await post(draft);
    } catch (error) {
      if (isClosedNow(subject, error)) forgetDraft(key);
      // It arrived the first time, unanswered, and something was changed since: what is here now corrects it.
      if (!(error instanceof ApiProblem) || error.code !== 'already-there') throw error;
      const again = { ...draft, assessmentId: uuidv7(), supersedes: draft.assessmentId };
      put(again);
      await post(again);
    }
    forgetDraft(key);
    setSaved(true);
  });
  useAgainOnline(save);
  return {
    draft,
    found,
    sending,
    saved,
    closed: isClosedNow(subject, save.problem),
    moment: { at: Date.parse(momentOf(draft, old)), now: timeNow().getTime(), zone: zoneHere() },
    save,
    answer(code, answer) {
      const { [code]: _before, ...rest } = draft.answers;
      put({ ...draft, answers: answer === undefined ? rest : { ...rest, [code]: answer } });
    },
    setDay: (on) => put({ ...draft, on }),
    goOnWith: (kept) => carriedTo(kept, instrument.code, old ? null : { draft, key }),
    startAgain() {
      forgetDraft(key);
      setState({ draft: fresh(old), found: false });
    },
  };
}
