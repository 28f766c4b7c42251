// SPDX-License-Identifier: AGPL-3.0-or-later
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { Instrument, type Words } from '../instrument.ts';
import { household28 } from './household-28.ts';
import { shippedInstruments } from './index.ts';
import { inAllLanguages } from './more-languages.ts';
import { placeSecondary1 } from './place-secondary-1.ts';

/** INSTRUMENT.md's table: code, unit, months, `!`. */
const table =
  `life_stage p 12 | guardianship p 6 ! | household_load h 12 | family_violence h 6 ! | family_crisis h 6 | gender_barriers pl 24
| school_attendance p 6 | school_to_work p 12 | basic_needs h 12 | income_adequacy h 12 | income_shock h 6 ! | debt h 6 ! | land_and_livelihood h 12
| new_money h 6 | illness_or_disability h 12 | hiv_and_orphanhood p 12 | service_access h 12 | identity_documents p 24 ! | legal_status p 24 | exclusion p 24
| stigma_or_past_exploitation p 6 ! | intention_to_leave p 3 | household_migration h 12 | recruiter_contact p 3 ! | migration_knowledge p 12
| legal_channels pl 12 | place_setting pl 12 ! | place_shock pl 6 !`
    .split('|')
    .map((row) => row.trim().split(' '));

function wordsOf(instrument: Instrument): [where: string, words: Words][] {
  return [
    ['title', instrument.title],
    ['description', instrument.description],
    ...instrument.indicators.flatMap((i) =>
      [i.title, i.question, i.reasons[2], i.reasons[3], ...i.answers, ...(i.cuts ? [i.cuts.source] : [])].map((words): [string, Words] => [
        i.code,
        words,
      ]),
    ),
  ];
}

describe.each(shippedInstruments.map((i) => [i.code, i] as const))('%s', (_, instrument) => {
  test('is an instrument', () => expect(Check(Instrument, instrument)).toBe(true));

  test('speaks every language of the screens everywhere', () => {
    for (const [where, words] of wordsOf(inAllLanguages(instrument))) {
      expect(words.en.trim(), where).not.toBe('');
      expect(words['th'], where).toMatch(/[\u0e00-\u0e7f]/);
      expect(words['km'], where).toMatch(/[\u1780-\u17ff]/);
    }
  });

  // It stands so in the databases of those who run it: a language that comes later goes into more-languages.ts.
  test('has been published in English and Thai, and stays so', () => {
    for (const [where, words] of wordsOf(instrument)) expect(Object.keys(words), where).toEqual(['en', 'th']);
  });

  test('names nobody a victim', () => expect(JSON.stringify(instrument)).not.toMatch(/victim|high-risk individual|illegal\b/i));

  test('has each code once', () => expect(new Set(instrument.indicators.map((i) => i.code)).size).toBe(instrument.indicators.length));
});

test('household-28 is the table of the design, row by row', () => {
  const unit = { person: 'p', household: 'h', place: 'pl' } as const;
  expect(household28.indicators.map((i) => [i.code, unit[i.unit], String(i.months), ...(i.warns ? ['!'] : [])])).toEqual(table);
  expect(
    household28.indicators
      .filter((i) => i.protected)
      .map((i) => i.code)
      .sort(),
  ).toEqual(
    'family_violence hiv_and_orphanhood legal_status exclusion stigma_or_past_exploitation household_migration intention_to_leave'
      .split(' ')
      .sort(),
  );
  expect(household28.indicators.filter((i) => i.bySex).map((i) => i.code)).toEqual(['gender_barriers']);
  expect(household28.bands).toEqual({ medium: 33, high: 60, coverage: 60 });
});

test('place-secondary-1 measures places only, and says how', () => {
  for (const i of placeSecondary1.indicators) {
    expect(i.unit).toBe('place');
    expect(i.measure).toBeDefined();
    expect(i.cuts?.method).toBe('terciles');
    expect(i.protected).toBe(false);
    expect(i.months).toBeGreaterThanOrEqual(24);
    expect(i.months).toBeLessThanOrEqual(240);
  }
});

test('a question that an installation asks in other words keeps them, and no translation of ours is put beside it', () => {
  const [first, ...rest] = household28.indicators;
  const own = { en: 'How many years is she?', km: 'តើគាត់មានអាយុប៉ុន្មានឆ្នាំ?' };
  const hers = { ...household28, version: 2, indicators: [{ ...first!, title: { en: 'Age' }, question: own }, ...rest] };
  const [read] = inAllLanguages(hers).indicators;
  expect(read?.title).toEqual({ en: 'Age' });
  expect(read?.question).toEqual(own);
  expect(read?.answers[0]['km']).toBe('ក្រោម 10 ឆ្នាំ ឬ 36 ឆ្នាំឡើងទៅ');
  expect(inAllLanguages({ ...household28, code: 'made-here' })).toEqual({ ...household28, code: 'made-here' });
});
