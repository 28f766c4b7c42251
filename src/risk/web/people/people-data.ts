// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, type Query } from '../../../platform/web/api.ts';
import { may } from '../../../platform/web/session.ts';
import type { HouseholdPage, HouseholdRow } from '../../domain/household-list.ts';
import type { ListPage, PersonKey } from '../../domain/people-list.ts';

export const mayReadPeople = (): boolean => may('people.read') || may('assigned.read') || may('own.read');
export const mayReadNames = (): boolean => may('identity.read') || may('assigned.read') || may('own.read');

export const keyOf = ({ regionId, personId }: PersonKey): string => `${regionId} ${personId}`;
export const householdKeyOf = ({ regionId, householdId }: Pick<HouseholdRow, 'regionId' | 'householdId'>): string =>
  `${regionId} ${householdId}`;
export const personHref = ({ regionId, personId }: PersonKey): string => `/people/${regionId}/${personId}`;

/** The state of the list as it stands in the address. */
export interface ListView {
  readonly of: 'people' | 'households';
  readonly place: string | null;
  readonly instrument: string | null;
  readonly bands: string;
  readonly sex: string | null;
  readonly ageGroup: string | null;
  readonly renew: string | null;
  /** Only whom a warning holds for. */
  readonly warns: 'now' | null;
  readonly sort: 'urgency' | 'renewal' | 'seen';
}

export function readListView(query: URLSearchParams, home: string | null): ListView {
  const sort = query.get('sort');
  return {
    of: query.get('of') === 'households' ? 'households' : 'people',
    place: query.get('place') ?? home,
    instrument: query.get('instrument'),
    bands: (query.get('bands') ?? '').replaceAll(/[^0-3]/g, ''),
    sex: query.get('sex'),
    ageGroup: query.get('age'),
    renew: query.get('renew'),
    warns: query.get('warns') === 'now' ? 'now' : null,
    sort: sort === 'renewal' || sort === 'seen' ? sort : 'urgency',
  };
}

export function listQuery({ place, instrument, bands, sex, ageGroup, renew, warns, sort }: ListView, locale: string): Query {
  return { place, instrument, bands, sex, ageGroup, renew, warns, sort, locale };
}

export const loadPage = (view: ListView, locale: string, after: string | null, signal?: AbortSignal): Promise<ListPage> =>
  api.get<ListPage>('/people/list', { ...listQuery(view, locale), after }, signal ? { signal } : {});

/** Of households nobody asks sex or age, and the newest answer orders none. */
export function householdQuery({ place, instrument, bands, renew, warns, sort }: ListView, locale: string): Query {
  return { place, instrument, bands, renew, warns, sort: sort === 'renewal' ? sort : null, locale };
}

export const loadHouseholds = (view: ListView, locale: string, after: string | null, signal?: AbortSignal): Promise<HouseholdPage> =>
  api.get<HouseholdPage>('/households/list', { ...householdQuery(view, locale), after }, signal ? { signal } : {});

interface Named extends PersonKey {
  readonly name: string | null;
}

/** Names by key; one entry in the record of use for each two hundred. */
export async function loadNames(people: readonly PersonKey[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (let from = 0; from < people.length; from += 200) {
    const part = people.slice(from, from + 200).map(({ regionId, personId }) => ({ regionId, personId }));
    const answer = await api.post<{ names: readonly Named[] }>('/people/names', { people: part });
    for (const each of answer.names) if (each.name) names.set(keyOf(each), each.name);
  }
  return names;
}

const roundKey = 'round';

/** The people of the list in their order, so that after one visit the next is a touch away. Ids only, gone with the tab. */
export function rememberRound(people: readonly PersonKey[]): void {
  try {
    sessionStorage.setItem(roundKey, JSON.stringify(people.slice(0, 500).map(keyOf)));
  } catch {
    /* without storage there is no next person, and everything else works */
  }
}

/** Who comes after this one on the round; null at its end. */
export function nextOnRound(current: PersonKey): PersonKey | null {
  try {
    const round = JSON.parse(sessionStorage.getItem(roundKey) ?? '[]') as string[];
    const next = round[round.indexOf(keyOf(current)) + 1];
    if (!round.includes(keyOf(current)) || next === undefined) return null;
    const [regionId, personId] = next.split(' ');
    return personId === undefined ? null : { regionId: Number(regionId), personId };
  } catch {
    return null;
  }
}
