// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { day, month, year } from '../../platform/web/format.ts';
import type { Ground } from '../domain/basis.ts';
import type { Act, Purpose, Speaker, Way } from '../domain/consent.ts';
import type { IdentityDocument } from '../domain/identity.ts';
import type { PersonRecord } from '../domain/person-record.ts';

export function sexWord(sex: number): string {
  if (sex === 2) return t`Female`;
  return sex === 1 ? t`Male` : t`Not said`;
}

export function ageWords(age: number | null): string {
  if (age === null) return t`Age not known`;
  return age === 0 ? t`Under one year` : plural(age, { one: '# year old', other: '# years old' });
}

/** As precise as it is known. */
export function bornWords(bornOn: string, precision: 1 | 2 | 3): string {
  const on = precision === 3 ? day(bornOn) : precision === 2 ? month(bornOn) : year(bornOn);
  return precision === 3 ? t`born on ${on}` : t`born in ${on}`;
}

export function stateWords({ state, stateOn }: Pick<PersonRecord, 'state' | 'stateOn'>): string | undefined {
  const on = stateOn ? day(stateOn) : '';
  switch (state) {
    case 'here':
      return undefined;
    case 'died':
      return on ? t`Died on ${on}` : t`Died`;
    case 'left':
      return on ? t`Left for good on ${on}` : t`Left for good`;
    case 'merged':
      return t`Joined with another record of the same person`;
    case 'erased':
      return t`Erased`;
  }
}

const purposeNames: Readonly<Record<Purpose, () => string>> = {
  register: () => t`Being in the register`,
  assist: () => t`Being helped by a case worker`,
  share: () => t`Being known to another organisation`,
  contact: () => t`Being called or written to`,
};

const purposeMeanings: Readonly<Record<Purpose, () => string>> = {
  register: () => t`Name, age and answers are kept, so that the village watch can visit and help early.`,
  assist: () => t`One case worker reads the whole record and accompanies the person.`,
  share: () => t`The organisation to which the person was referred reads the record. Nobody else there does.`,
  contact: () => t`The person may be called or written to between visits. Without it the telephone number is shown to nobody.`,
};

export const purposeName = (purpose: Purpose): string => purposeNames[purpose]();
export const purposeMeaning = (purpose: Purpose): string => purposeMeanings[purpose]();

export function speakerWord(speaker: Speaker): string {
  if (speaker === 'guardian') return t`A parent or guardian`;
  return speaker === 'assent' ? t`The child` : t`The person`;
}

export function wayWord(way: Way): string {
  const words: Readonly<Record<Way, () => string>> = {
    spoken: () => t`Spoken`,
    written: () => t`In writing`,
    thumbprint: () => t`Thumbprint on paper`,
    on_file: () => t`On file with whoever asked`,
  };
  return words[way]();
}

export function actWord(act: Act): string {
  if (act === 'given') return t`Agreed`;
  return act === 'refused' ? t`Said no` : t`Took it back`;
}

/** Where nobody was asked, because the lawful basis of the record says it. */
export const coveredWord = (): string => t`Not asked: the lawful basis of the record says it`;

export function consentStateWord(state: 'given' | 'refused' | 'partly' | 'not-asked'): string {
  if (state === 'given') return t`Agreed`;
  if (state === 'refused') return t`Does not agree`;
  return state === 'partly' ? t`Not everybody who must be asked was asked` : t`Not asked yet`;
}

const events: Readonly<Record<string, () => string>> = {
  registered: () => t`Registered`,
  moved: () => t`Moved`,
  household: () => t`Joined another household in the same place`,
  corrected: () => t`Set right`,
  identity: () => t`Name, telephone or document set right`,
  died: () => t`Died`,
  left: () => t`Left for good`,
  returned: () => t`Is back`,
  merged: () => t`Joined with another record of the same person`,
  unmerged: () => t`Taken apart from another record again`,
  objected: () => t`Objected`,
  objection_ended: () => t`Objection ended`,
  use_ended: () => t`Consent to keep the record taken back: it is used no further`,
  used_again: () => t`The record is used again`,
};

export const eventWord = (kind: string): string => events[kind]?.() ?? kind;

export const fromListOf = (source: string): string => t`with the list of ${source}`;

export function changedWord(field: string): string {
  if (field === 'sex') return t`sex`;
  return field === 'bornOn' || field === 'bornPrecision' ? t`birth date` : '';
}

const grounds: Readonly<Record<Ground, () => string>> = {
  consent: () => t`Consent: each person agrees`,
  legal_obligation: () => t`A law obliges us to`,
  vital_interests: () => t`It protects somebody's life`,
  public_task: () => t`A public task given by law`,
  legitimate_interests: () => t`An interest that outweighs that of the person`,
};

export const groundWord = (ground: Ground): string => grounds[ground]();

const documents: Readonly<Record<IdentityDocument['kind'], () => string>> = {
  'national-id': () => t`Identity card`,
  passport: () => t`Passport`,
  'birth-certificate': () => t`Birth certificate`,
  'household-book': () => t`Household book`,
  'work-permit': () => t`Work permit`,
  'refugee-card': () => t`Refugee card`,
  other: () => t`Another document`,
};

export const documentWord = (kind: IdentityDocument['kind']): string => documents[kind]();
