// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import {
  daysLeft,
  type Correctable,
  type RefusalGround,
  type RequestKind,
  type RequestSpeaker,
  type RequestState,
} from '../domain/request.ts';
import type { DueReason } from '../domain/retention.ts';

export function kindWord(kind: RequestKind): string {
  const words: Readonly<Record<RequestKind, () => string>> = {
    access: () => t`To see what is kept`,
    erasure: () => t`To be erased`,
    objection: () => t`Objects to being recorded`,
    correction: () => t`To have something set right`,
    complaint: () => t`Complains`,
  };
  return words[kind]();
}

export function kindMeaning(kind: RequestKind): string {
  const words: Readonly<Record<RequestKind, () => string>> = {
    access: () => t`You can print what is kept and hand it over at once.`,
    erasure: () => t`The data protection officer decides. Once it is done nothing can be brought back.`,
    objection: () => t`Until it is decided nothing new is recorded and nobody visits. What is there stays.`,
    correction: () => t`You or an officer of the area set it right, and then say so here.`,
    complaint: () => t`It goes to the data protection officer, and to nobody else.`,
  };
  return words[kind]();
}

export function aboutWord(about: Correctable): string {
  const words: Readonly<Record<Correctable, () => string>> = {
    name: () => t`The name, telephone or a document`,
    birth: () => t`The birth date`,
    sex: () => t`The sex`,
    place: () => t`Where the person lives`,
    household: () => t`The household`,
    answers: () => t`An answer`,
    other: () => t`Something else`,
  };
  return words[about]();
}

export function askerWord(byWhom: RequestSpeaker): string {
  if (byWhom === 'self') return t`The person`;
  return byWhom === 'guardian' ? t`A parent or guardian` : t`Somebody else for the person`;
}

export function requestStateWord(state: RequestState): string {
  const words: Readonly<Record<RequestState, () => string>> = {
    open: () => t`Open`,
    granted: () => t`Granted`,
    refused: () => t`Refused`,
    done: () => t`Done`,
    withdrawn: () => t`Taken back`,
  };
  return words[state]();
}

export function refusalWord(ground: RefusalGround): string {
  const words: Readonly<Record<RefusalGround, () => string>> = {
    legal_obligation: () => t`A law obliges us to keep it`,
    public_interest: () => t`A task in the public interest needs it`,
    legal_claims: () => t`It is needed for a legal claim`,
    identity_not_proved: () => t`It is not sure that the person asks, and not somebody else`,
    already_done: () => t`It has been done already`,
    unfounded: () => t`There is nothing to it`,
    other: () => t`Another ground`,
  };
  return words[ground]();
}

export function categoryWord(category: DueReason): string {
  const words: Readonly<Record<DueReason, () => string>> = {
    not_assessed: () => t`Not visited any more`,
    died: () => t`Died`,
    left: () => t`Left for good`,
    merged: () => t`Joined with another record of the same person`,
    withdrawn: () => t`Took back the consent to be recorded`,
    basis_ended: () => t`Its lawful basis was ended`,
    consent_lapsed: () => t`Now of an age at which others are asked, and they were not`,
  };
  return words[category]();
}

export function dueWords(request: { readonly dueOn: string }, today: string): string {
  const left = daysLeft(request, today);
  if (left < 0) return plural(-left, { one: '# day late', other: '# days late' });
  return left === 0 ? t`Due today` : plural(left, { one: '# day left', other: '# days left' });
}

/** Who recorded or read something, by role. */
export function roleName(role: string | null): string {
  switch (role) {
    case 'coordinator':
      return t`provincial coordinator`;
    case 'district_officer':
      return t`district officer`;
    case 'watch_volunteer':
      return t`watch volunteer`;
    case 'case_worker':
      return t`case worker`;
    case 'partner_provider':
      return t`partner organisation`;
    case 'data_protection_officer':
      return t`data protection officer`;
    case 'administrator':
      return t`administrator`;
    case 'person':
      return t`the person`;
    case 'law_enforcement':
      return t`law enforcement`;
    case 'labour_inspector':
      return t`labour inspector`;
    case 'hotline_operator':
      return t`hotline operator`;
    case 'analyst':
      return t`analyst`;
    case 'programme_manager':
      return t`programme manager`;
    case 'import':
      return t`an import`;
    default:
      return t`somebody who works here no longer`;
  }
}
