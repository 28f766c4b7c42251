// SPDX-License-Identifier: AGPL-3.0-or-later
import { threshold } from '../../platform/domain/disclosure.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { wordsIn } from '../domain/drivers.ts';
import { asksOfPlaces } from '../domain/instrument.ts';
import type { Profile, ProfileQuery } from '../domain/profile.ts';
import { rowsFor } from './map.ts';
import { ask, mayRead, readsExact, type FigureDb, type Reader } from './map-question.ts';
import { peopleProfile } from './profile-people.ts';
import { placeProfile } from './profile-places.ts';
import { findAround, findLevelNames, type MapPlace } from './queries-map.ts';
import { findPopulation } from './queries-profile.ts';

const refOf = ({ placeId, country, code, level, name, names }: MapPlace) => ({ placeId, country, code, level, name, names });

/**
 * Everything known of an area under one instrument. Every figure is the one that the map shows of the same place.
 * Throws Problem not-found (no such place or instrument), outside-your-area.
 */
export async function profileOf(db: FigureDb, reader: Reader, placeId: string, query: ProfileQuery): Promise<Profile> {
  const { tx } = db;
  const { place, lineage, parts, siblings } = await findAround(tx, placeId);
  if (!place) throw new Problem('not-found', 'There is no such place.');
  if (!mayRead(place)) throw new Problem('outside-your-area');
  const question = await ask(db, reader, { place: placeId, ...query }, 'first'),
    { instrument, locale } = question;
  const parent = lineage.at(-2);
  const { rows, asOf } = await rowsFor(question, [place, ...(parent ? [parent] : []), ...parts, ...siblings]);
  const [own, ...rest] = rows,
    above = parent ? rest.shift()! : null;
  const people = instrument.scores === 'person';
  const body = people ? await peopleProfile(question, place, own!) : { ...(await placeProfile(question, place, lineage)), sexAge: null };
  const levelNames = await findLevelNames(tx, place.country);
  return {
    place: {
      ...refOf(place),
      levelName: levelNames.get(place.level) ?? {},
      ancestors: lineage.slice(0, -1).map(refOf),
      ...((await findPopulation(tx, place.placeId)) ?? { population: null, populationOn: null }),
    },
    instrument: {
      code: instrument.code,
      version: instrument.version,
      scores: instrument.scores,
      title: wordsIn(instrument.title, locale),
      description: wordsIn(instrument.description, locale),
      bands: instrument.bands,
    },
    instruments: question.live.map(({ code, scores, title }) => ({ code, scores, title: wordsIn(title, locale) })),
    asOf,
    threshold,
    exact: !people || (readsExact(reader) && place.inside),
    asks: place.inside && question.live.some(asksOfPlaces),
    own: own!,
    parts: {
      level: parts.length > 0 ? place.level + 1 : null,
      levelName: levelNames.get(place.level + 1) ?? {},
      rows: rest.slice(0, parts.length),
    },
    privateIndicators: instrument.indicators.filter((i) => i.protected).length,
    compare: { parent: above, siblings: rest.slice(parts.length) },
    ...body,
  };
}
