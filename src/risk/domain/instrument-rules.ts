// SPDX-License-Identifier: AGPL-3.0-or-later
import { schemaFaults, type SchemaFault } from '../../platform/domain/schema-fault.ts';
import type { Indicator } from './instrument.ts';
import { indicatorOf, indicatorSchema, InstrumentFile, passagesOf, type IndicatorInFile } from './instrument-file.ts';

/** A question of a file that fits the schema, and which of the list it is. */
export interface SoundIndicator {
  readonly at: number;
  readonly indicator: Indicator;
}

type Path = SchemaFault['path'];
type Given = Readonly<Record<string, unknown>>;
const fault = (path: Path, why: string): SchemaFault => ({ path, why });
const isRecord = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Words of every object; as a code one of them would be found where nothing is. */
const taken = new Set(Object.getOwnPropertyNames(Object.prototype));
/** Control characters, marks that turn the direction of what follows, halves of characters: they show something else than what is written. */
const unseen =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Everything that is wrong with what a file says, taken by itself; and those of its questions that can be looked at further. */
export function rulesOf(input: unknown): { faults: SchemaFault[]; sound: SoundIndicator[] } {
  const faults = schemaFaults(InstrumentFile, input);
  const given: Given = isRecord(input) ? input : {};
  const list: readonly unknown[] = Array.isArray(given['indicators']) ? given['indicators'] : [];
  const sound = list.flatMap((each, at): SoundIndicator[] =>
    schemaFaults(indicatorSchema, each).length === 0 ? [{ at, indicator: indicatorOf(each as IndicatorInFile) }] : [],
  );
  const under = (at: number, found: readonly SchemaFault[]) => found.map(({ path, why }) => fault(['indicators', at, ...path], why));
  faults.push(
    ...codes(list),
    ...bands(given['bands']),
    ...statistics(given['scores'], sound),
    ...sound.flatMap(({ at, indicator }) => under(at, [...about(indicator), ...askedOf(indicator, given['scores'])])),
    ...inAllLanguages(given, sound),
  );
  return { faults, sound };
}

function codes(list: readonly unknown[]): SchemaFault[] {
  const first = new Map<unknown, number>();
  return list.flatMap((each, at) => {
    const code = isRecord(each) ? each['code'] : undefined;
    if (typeof code !== 'string') return [];
    const path = ['indicators', at, 'code'];
    if (taken.has(code)) return [fault(path, `${code} cannot be a code; choose another word`)];
    const before = first.get(code);
    if (before !== undefined) return [fault(path, `${code} is the code of question ${before + 1} already; a code stands for one question`)];
    first.set(code, at);
    return [];
  });
}

function bands(given: unknown): SchemaFault[] {
  if (!isRecord(given)) return [];
  const { medium, high } = given;
  return typeof medium === 'number' && typeof high === 'number' && medium >= high
    ? [fault(['bands', 'high'], `high (${high}) must be more than medium (${medium})`)]
    : [];
}

/** What holds of one question, whatever stands around it. */
function about({ code, unit, cuts, measure, bySex, protected: hidden }: Indicator): SchemaFault[] {
  const found: SchemaFault[] = [];
  if (hidden && unit === 'place')
    found.push(
      fault(
        ['protected'],
        `${code} is answered about a place, and what is said of a place everybody reads who may read figures: it would not be private. Ask it about a person or a household, or take "protected" away`,
      ),
    );
  if (bySex && unit === 'person')
    found.push(fault(['bySex'], 'a question about a person has one answer; only one about a household or a place has one for each sex'));
  if (cuts && !measure) found.push(fault(['cuts'], 'cuts need a measure: say whether a share or a rate is measured'));
  if (measure && !cuts) found.push(fault(['measure'], 'a measure needs cuts: say which values are an answer of 2 and of 3'));
  if (cuts && bySex) found.push(fault(['bySex'], 'what is measured of a place is not measured for each sex'));
  if (cuts?.method === 'fixed') {
    const [two, three] = cuts.at ?? [];
    if (two === undefined || three === undefined)
      found.push(fault(['cuts'], 'fixed cuts need "at": where an answer of 2 begins, and one of 3'));
    else if (cuts.worse === 'higher' ? two >= three : two <= three)
      found.push(fault(['cuts', 'at'], `where ${cuts.worse} is worse, the second must be ${cuts.worse} than the first`));
  }
  if (cuts?.method === 'terciles' && cuts.at) found.push(fault(['cuts', 'at'], 'terciles are drawn from the figures; leave "at" out'));
  return found;
}

function askedOf({ unit, cuts }: Indicator, scores: unknown): SchemaFault[] {
  if (scores === 'place' && unit !== 'place')
    return [fault(['unit'], `an instrument that scores places asks about places only, not about a ${unit}`)];
  if (scores === 'person' && cuts)
    return [fault(['cuts'], 'an instrument that scores people is answered by people; only one that scores places is measured')];
  return [];
}

/** Answers scored from figures come with the file that measured them and from nobody's hand, so an instrument has either all of them or none. */
function statistics(scores: unknown, sound: readonly SoundIndicator[]): SchemaFault[] {
  const measured = sound.some(({ indicator }) => indicator.cuts);
  if (scores !== 'place' || !measured) return [];
  return sound.flatMap(({ at, indicator }) =>
    indicator.cuts
      ? []
      : [
          fault(
            ['indicators', at],
            'other questions of this instrument are measured, this one is not; put it into an instrument of its own',
          ),
        ],
  );
}

/** Each passage in each language of the file, in no other, and nothing in it that is not seen. */
function inAllLanguages(given: Given, sound: readonly SoundIndicator[]): SchemaFault[] {
  const listed = given['languages'];
  const languages = Array.isArray(listed) && listed.every((tag) => typeof tag === 'string') ? [...new Set(listed as string[])] : null;
  const found: SchemaFault[] = [];
  if (languages && languages.length < (listed as unknown[]).length) found.push(fault(['languages'], 'a language stands here twice'));
  if (languages && !languages.includes('en'))
    found.push(fault(['languages'], 'English (en) is missing: whoever has no words in her language reads it'));
  const passages: { path: Path; words: unknown }[] = [
    { path: ['title'], words: given['title'] },
    { path: ['description'], words: given['description'] },
  ];
  for (const { at, indicator } of sound)
    for (const { path, words } of passagesOf(indicator)) passages.push({ path: ['indicators', at, ...path], words });
  for (const { path, words } of passages) {
    if (!isRecord(words)) continue;
    const missing = languages?.filter((tag) => !Object.hasOwn(words, tag)) ?? [];
    if (missing.length > 0)
      found.push(fault(path, `${missing.join(', ')} is missing; the languages of this file are ${languages!.join(', ')}`));
    for (const [tag, text] of Object.entries(words)) {
      if (languages && !languages.includes(tag))
        found.push(fault([...path, tag], `${tag} is none of the languages of this file, which are ${languages.join(', ')}`));
      if (typeof text !== 'string') continue;
      if (text.trim() === '') found.push(fault([...path, tag], 'there are no words here'));
      else if (unseen.test(text)) found.push(fault([...path, tag], 'there is a character in it that nobody sees; write it anew'));
    }
  }
  return found;
}
