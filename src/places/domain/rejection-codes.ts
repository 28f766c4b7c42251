// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What every reason for not taking a row is called by programs: the sentence is for people, may be said better tomorrow and is put into their
 * language; its code stays. New kinds of reasons get a code of their own here (details.test.ts finds those that have none).
 */
const codes: readonly (readonly [code: string, sentence: RegExp])[] = [
  ['outside-your-area', /^(this|the place|this boundary|the record of this person) lies outside the area you work in/],
  // Rows of people, whose reasons quote nothing.
  ['place-empty', /^the row does not say where this person lives/],
  ['place-unknown', /^no place known here has this code/],
  ['id-empty', /^the id is empty/],
  ['id-twice', /^this id comes more than once/],
  ['id-unknown', /^nobody of this source has this id here/],
  ['restricted', /^nothing new may be recorded about this person/],
  ['erased', /^this person was erased; ask the data protection officer$/],
  ['value-not-mapped', /^(\S+: )?the value is not one that the mapping knows/],
  ['no-answer', /^the row has no answer/],
  ['cell-too-long', /^the cell is longer than \d+ letters/],
  ['age-impossible', /^the age is not between/],
  ['birth-to-come', /^the (birth date|year of birth) is still to come/],
  ['birth-too-old', /^the (birth date|year of birth) is too long ago/],
  ['not-agreed', /^the file does not say that .* agreed/],
  ['instrument-of-places', /^\S+ is not about people/],
  ['row-unreadable', /^the row cannot be read/],
  ['code-empty', /^(the code is empty|the row has no code)/],
  ['code-impossible', /^".*" cannot be a code/s],
  ['code-unknown', /^no .* has the code /s],
  ['code-twice', /^this code comes more than once|^rows \d+ and \d+ give different figures/],
  ['code-two-parents', /^this code has two parents/],
  ['code-two-names', /^this code stands for two places/],
  ['code-lost-zero', /^this code differs only by zeros in front/],
  ['code-other-level', /^this code is here already as a place of level|^\S+ is a .*, not a /s],
  ['name-empty', /^the name is empty/],
  ['name-too-long', /^the name is \d+ letters long/],
  ['parent-empty', /^it does not say in which place it lies/],
  ['parent-itself', /^it says that it lies within itself/],
  ['parent-lost-zero', /^its parent .* is not known, but /s],
  ['parent-unknown', /^its parent .* is not known/s],
  ['parent-other-level', /^its parent .* is a place of level/s],
  ['parent-moved', /^this place is here already within/],
  ['point-half', /^only one of latitude and longitude is there/],
  ['point-outside', /^its point \(.*\) lies .* degrees outside/],
  ['point-not-on-earth', /^its point /],
  ['date-empty', /^the row has no date/],
  ['date-to-come', /^the date (.* )?is still to come/],
  ['date-too-old', /^the date (.* )?is too long ago/],
  ['no-figure', /^the row has no figure/],
  ['whole-nothing', /^the whole is .*, so there is nothing to be a part of/],
  ['whole-unknown', /^(how many there are in all|the population of this place) is not known here/],
  ['less-than-nothing', /^\S+ is less than nothing/],
  ['more-than-all', /^\S+ (of \S+ |per cent )?is more than all/],
  ['not-people', /^".*" cannot be a number of people/s],
  ['not-whole', /^(".*"|the year of birth) is not a whole number/s],
  ['not-a-number', /^(".*"|the cell) is not a (number|per cent)/s],
  ['not-a-date', /^(".*"|the cell) is not a date/s],
  ['not-a-code', /^".*" is not a code/s],
  ['not-finite', /^the result is not a finite number/],
  ['not-worked-out', /^(\S+ |the value )?cannot be worked out/],
  ['cell-nul', /^the cell holds a NUL character/],
  ['cell-beyond', /^the cell stands beyond the last header/],
  ['row-cells', /^the row has \d+ cells, the header/],
  ['rows-unreadable', /^\d+ more rows cannot be read/],
  ['shape-not-joined', /^feature \d+ (has no (?!geometry|coordinates)|belongs to|is called|has none of the names)/],
  ['shape-twice', /^feature \d+ .*second boundary/s],
  ['shape-outside', /^feature \d+ .*does not lie within/s],
  ['shape-broken', /^feature \d+ /],
];

/** The code of what a reason says first. */
export function rejectionCode(reason: string): string {
  const found = (text: string): string | undefined => codes.find(([, sentence]) => sentence.test(text))?.[0];
  // Statistics name their indicator first.
  return found(reason) ?? found(reason.replace(/^[a-z]+[a-z0-9_:]*: /, '')) ?? 'other';
}
