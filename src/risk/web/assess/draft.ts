// SPDX-License-Identifier: AGPL-3.0-or-later
import { effect } from '@preact/signals';
import { uuidv7 } from 'uuidv7';
import { timeNow } from '../../../platform/web/clock.ts';
import { forgetAtQuickExit } from '../../../platform/web/frame/quick-exit.ts';
import { me } from '../../../platform/web/session.ts';
import type { Answers } from '../../domain/pack.ts';

/** What was answered and not saved yet. Kept on the device until it is saved, somebody signs out, or a day has passed. */
export interface Draft {
  /** Made when the visit begins, so that saving it twice is once. */
  readonly assessmentId: string;
  readonly answers: Answers;
  /** ISO day of the visit. */
  readonly on: string;
  /** The visit that this one corrects, if it does. */
  readonly supersedes: string | null;
  readonly begun: string;
}

const prefix = 'visit ';
const keepFor = 24 * 3_600_000;

/** A browser may forbid storage altogether; answers then live as long as the page. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export const draftKey = (subject: string, instrument: string, corrects: string | null): string =>
  `${prefix}${me.value?.accountId ?? ''} ${subject} ${instrument} ${corrects ?? ''}`;

export function readDraft(key: string, now: number): Draft | null {
  try {
    const draft = JSON.parse(storage()?.getItem(key) ?? 'null') as Draft | null;
    if (draft === null || now - Date.parse(draft.begun) <= keepFor) return draft;
  } catch {
    /* what cannot be read is of no use */
  }
  forgetDraft(key);
  return null;
}

export function keepDraft(key: string, draft: Draft): void {
  try {
    storage()?.setItem(key, JSON.stringify(draft));
  } catch {
    /* a full storage loses a reload, not the visit */
  }
}

/**
 * Puts what was answered about one record with what another still has to save, as a visit of its own: the other's answers were given before or
 * elsewhere, these are the later word.
 */
export function carryDraft(draft: Draft, from: string, to: string, now: number): void {
  const there = readDraft(to, now);
  const carried = there ?? { ...draft, assessmentId: uuidv7(), supersedes: null };
  keepDraft(to, { ...carried, answers: { ...carried.answers, ...draft.answers } });
  forgetDraft(from);
}

export function forgetDraft(key: string): void {
  storage()?.removeItem(key);
}

/** Leaves on the device only what this account began within the last day. */
function forgetOthers(accountId: string | null, now: number): void {
  for (const key of Object.keys(storage() ?? {}).filter((each) => each.startsWith(prefix))) {
    if (accountId === null || !key.startsWith(`${prefix}${accountId} `)) forgetDraft(key);
    else readDraft(key, now);
  }
}

/** Whoever signs out or leaves at once leaves no answer behind on the device, nor to whoever signs in next; called once, when the app starts. */
export function forgetDraftsWhenLeaving(): void {
  effect(() => {
    if (me.value !== undefined) forgetOthers(me.value?.accountId ?? null, timeNow().getTime());
  });
  forgetAtQuickExit(() => forgetOthers(null, timeNow().getTime()));
}
