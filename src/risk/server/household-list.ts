// SPDX-License-Identifier: AGPL-3.0-or-later
import { writeCursor } from '../../places/server/index.ts';
import { dateAt } from '../../platform/domain/zoned-time.ts';
import { shown } from '../domain/arithmetic.ts';
import { drivers, wordsIn } from '../domain/drivers.ts';
import type { HouseholdListQuery, HouseholdPage, HouseholdRow } from '../domain/household-list.ts';
import type { Instrument } from '../domain/instrument.ts';
import { openSums } from '../domain/open-index.ts';
import { listPageSize, maxReasons } from '../domain/people-list.ts';
import { urgencyOf, warningsInWords, warningsOf } from '../domain/warning.ts';
import { afterOf, bandsOf, peopleInstrument, renewBy, type Asking } from './people-list.ts';
import { findListedHouseholds, findMembers, type HouseholdKey, type Member } from './queries-household-list.ts';
import type { ListedPerson } from './queries-people-list.ts';

/** The earliest day of those that are there; null where one is missing: of that person nothing is known. */
function earliest(days: readonly (string | null)[]): string | null {
  const known = days.filter((each) => each !== null);
  return known.length < days.length ? null : (known.toSorted()[0] ?? null);
}

/**
 * A household by those who live with it, as `household_listing` counts it (db/migrations/0048): as the worst off of those who may be visited. Its
 * warnings are told as those of a person: where anybody's open answer warns, nothing is said of a private one.
 */
function rowOf(key: HouseholdKey, members: readonly ListedPerson[], instrument: Instrument, locale: string): HouseholdRow {
  const visited = members.filter(({ restricted }) => restricted === null),
    counted = visited.length > 0 ? visited : members;
  const standsAt = ({ answers, band }: ListedPerson): number => urgencyOf(instrument, answers, band as 0 | 1 | 2 | 3) % 10_000;
  const worst = counted.reduce((a, b) => (standsAt(b) > standsAt(a) ? b : a));
  const warning = new Set(visited.flatMap(({ answers }) => warningsOf(instrument, answers).open));
  return {
    ...key,
    place: worst.place,
    band: worst.band,
    index: shown(openSums(worst.answers, instrument)).index,
    reasons: drivers(instrument, worst.answers, locale, maxReasons),
    high: counted.filter(({ band }) => band === 3).length,
    warnings: warningsInWords(
      {
        open: instrument.indicators.filter((each) => warning.has(each)),
        hidden: visited.some(({ warnsPrivately }) => warnsPrivately),
      },
      locale,
    ),
    validUntil: earliest(visited.map(({ validUntil }) => validUntil)),
    observedOn:
      members
        .map(({ observedOn }) => observedOn ?? '')
        .toSorted()
        .at(-1) || null,
    members: members.map(({ regionId, personId, restricted }) => ({ regionId, personId, restricted })),
  };
}

/** One page of households. Throws Problem `not-found` (instrument), `bad-input` (cursor, day). */
export async function householdList(asking: Asking, query: HouseholdListQuery, size = listPageSize): Promise<HouseholdPage> {
  const { tx, actor, now } = asking;
  const { instrument, zone } = await peopleInstrument(tx, query.instrument);
  const locale = query.locale ?? actor.locale,
    sort = query.sort ?? 'urgency';
  const keys = await findListedHouseholds(tx, {
    code: instrument.code,
    placeId: query.place ?? null,
    bands: bandsOf(query.bands),
    renewBy: renewBy(query.renew, now, zone),
    warns: query.warns !== undefined,
    sort,
    after: query.after === undefined ? null : afterOf(query.after, sort),
    limit: size + 1,
  });
  const page = keys.slice(0, size),
    last = page.at(-1);
  const homes = new Map<number, Member[]>();
  for (const member of await findMembers(tx, instrument.code, zone, page)) {
    const home = homes.get(member.n);
    if (home) home.push(member);
    else homes.set(member.n, [member]);
  }
  return {
    instrument: { code: instrument.code, version: instrument.version, title: wordsIn(instrument.title, locale) },
    asOf: dateAt(now.getTime(), zone),
    rows: page.flatMap(({ regionId, householdId }, i) => {
      const members = homes.get(i + 1);
      return members ? [rowOf({ regionId, householdId }, members, instrument, locale)] : [];
    }),
    after: keys.length > size && last ? writeCursor([last.key, last.regionId, last.householdId]) : null,
  };
}
