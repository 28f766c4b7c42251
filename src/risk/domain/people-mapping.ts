// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static, type TProperties } from 'typebox';
import { documentKinds } from '../../people/domain/identity.ts';
import { ways } from '../../people/domain/consent.ts';
import { schemaFault, type SchemaFault } from '../../platform/domain/schema-fault.ts';
import { isDate } from './mapping.ts';

const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const Text = Type.String({ minLength: 1, maxLength: 500 });
/** A scalar SQL expression over the row's columns, as in mappings of statistics. */
const Expression = Type.String({ minLength: 1, maxLength: 10_000 });
const Era = Type.Optional(Type.Union([Type.Literal('common'), Type.Literal('buddhist')]));
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

/** Where a value stands: in a column as it is, or worked out. */
export const Cell = Type.Union([closed({ column: Text }), closed({ expression: Expression })]);
export type Cell = Static<typeof Cell>;
const DateCell = Type.Union([closed({ column: Text, era: Era }), closed({ expression: Expression })]);
/** One day for the whole file, or each row's own. */
export const Observed = Type.Union([closed({ date: Day }), closed({ column: Text, era: Era }), closed({ expression: Expression })]);
export type Observed = Static<typeof Observed>;

/** What an answer is called in a mapping. `not-asked`: as if the column were not there. */
export const answerWords = ['not-asked', 1, 2, 3, 'unknown', 'refused', 'not-applicable'] as const;
export type AnswerWord = (typeof answerWords)[number];
export const AnswerWord = Type.Unsafe<AnswerWord>(Type.Union(answerWords.map((word) => Type.Literal(word))));

const rule = {
  /** What the file writes, without regard to case and spaces around it. Without a map the value itself must be an answer. */
  map: Type.Optional(Type.Record(Type.String(), AnswerWord)),
  /** For whatever is not in the map; without it such a row is rejected. */
  otherwise: Type.Optional(AnswerWord),
  /** For an empty cell; not asked unless said. */
  empty: Type.Optional(AnswerWord),
  /** A cell holds several values with this between them: the highest score counts. */
  split: Type.Optional(Type.String({ minLength: 1, maxLength: 3 })),
};
export const AnswerRule = Type.Union([closed({ column: Text, ...rule }), closed({ expression: Expression, ...rule })]);
export type AnswerRule = Static<typeof AnswerRule>;

const sexWords = ['female', 'male', 'unknown', 'not-applicable'] as const;
const SexWord = Type.Unsafe<(typeof sexWords)[number]>(Type.Union(sexWords.map((word) => Type.Literal(word))));
const SexRule = closed({ column: Text, map: Type.Record(Type.String(), SexWord), otherwise: Type.Optional(SexWord) });
export type SexRule = Static<typeof SexRule>;

const Born = Type.Union([
  closed({
    date: DateCell,
    known: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('month'), Type.Literal('year')])),
  }),
  closed({ year: Cell, era: Era }),
  /** Full years lived on the day that was observed. */
  closed({ age: Cell }),
]);
export type Born = Static<typeof Born>;

const NameRule = closed({
  kind: Type.Optional(Type.Union([Type.Literal('official'), Type.Literal('called'), Type.Literal('former')])),
  full: Type.Optional(Text),
  given: Type.Optional(Text),
  family: Type.Optional(Text),
  /** Which part is written first where the whole name is put together from its parts. */
  first: Type.Optional(Type.Union([Type.Literal('given'), Type.Literal('family')])),
  language: Type.Optional(Type.String({ pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$' })),
});
export type NameRule = Static<typeof NameRule>;

const DocumentRule = closed({
  kind: Type.Unsafe<(typeof documentKinds)[number]>(Type.Union(documentKinds.map((kind) => Type.Literal(kind)))),
  number: Text,
  country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
});

/** Where people stand: by the code of the deepest column that has one, or all of them at one place, where a survey asked for none. */
const PlaceRule = Type.Union([
  closed({
    columns: Type.Array(Text, { minItems: 1, maxItems: 10 }),
    pad: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 30 }))),
    instead: Type.Optional(Type.Record(Type.String(), Text)),
  }),
  closed({ none: Type.Literal(true), at: Text }),
]);
export type PlaceRule = Static<typeof PlaceRule>;

const ConsentRule = closed({
  /** Whether she agreed herself; asked of everybody of age. */
  given: Expression,
  /** Of a child: whether her guardian agreed, and from seven whether she did too. */
  guardian: Type.Optional(Expression),
  assent: Type.Optional(Expression),
  way: Type.Unsafe<(typeof ways)[number]>(Type.Union(ways.map((way) => Type.Literal(way)))),
  language: Type.Optional(Type.String({ maxLength: 35 })),
  wording: Type.Optional(Type.String({ maxLength: 100 })),
  /** When they were asked; the day that was observed unless said. */
  observed: Type.Optional(Observed),
});
export type ConsentRule = Static<typeof ConsentRule>;

const reading = {
  where: Type.Optional(Expression),
  encoding: Type.Optional(Text),
  delimiter: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')])),
  sheet: Type.Optional(Type.Union([Text, Type.Integer({ minimum: 1 })])),
  skipRows: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  headerRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
};
const answers = {
  /** Whose list it is: ids mean somebody only within it. Shown with the import. */
  source: Type.String({ minLength: 1, maxLength: 200 }),
  instrument: Text,
  observed: Observed,
  indicators: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{1,62}$' }), AnswerRule),
};

export const PeopleMapping = closed({
  kind: Type.Literal('people'),
  /** ISO 3166-1 alpha-2, or X and a letter for a fictional country: whose codes, and whose telephone numbers without a calling code. */
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  /** Title or id of the lawful basis on which these people are recorded. */
  basis: Text,
  place: PlaceRule,
  household: Type.Optional(Cell),
  /** The person's own id in this source, by which the same file, or a later round, finds her again. */
  id: Type.Optional(Cell),
  sex: Type.Optional(SexRule),
  born: Type.Optional(Born),
  names: Type.Optional(Type.Array(NameRule, { minItems: 1, maxItems: 8 })),
  phones: Type.Optional(Type.Array(Text, { minItems: 1, maxItems: 6 })),
  documents: Type.Optional(Type.Array(DocumentRule, { minItems: 1, maxItems: 8 })),
  address: Type.Optional(Text),
  consent: Type.Optional(ConsentRule),
  ...answers,
  ...reading,
});
export type PeopleMapping = Static<typeof PeopleMapping>;

/** Later rounds, of people who came with an earlier file of the same source. */
export const ObservationsMapping = closed({ kind: Type.Literal('observations'), id: Cell, ...answers, ...reading });
export type ObservationsMapping = Static<typeof ObservationsMapping>;

export type AnyPeopleMapping = PeopleMapping | ObservationsMapping;

/** The first fault of what a mapping file of people holds, or undefined when it fits. */
export function peopleMappingFault(input: unknown, kind: 'people' | 'observations'): SchemaFault | undefined {
  const shape = schemaFault(kind === 'people' ? PeopleMapping : ObservationsMapping, input);
  if (shape) return shape;
  const mapping = input as AnyPeopleMapping;
  const dates = [mapping.observed, ...(mapping.kind === 'people' && mapping.consent?.observed ? [mapping.consent.observed] : [])];
  for (const observed of dates)
    if ('date' in observed && !isDate(observed.date))
      return { path: ['observed', 'date'], why: `${observed.date} is not a day of the calendar` };
  if (mapping.kind === 'observations')
    return Object.keys(mapping.indicators).length > 0 ? undefined : { path: ['indicators'], why: 'say at least one' };
  for (const [i, name] of (mapping.names ?? []).entries())
    if (!name.full && !name.given && !name.family) return { path: ['names', i], why: 'say the whole name, or its parts' };
  if (!mapping.names && (mapping.phones || mapping.documents || mapping.address))
    return { path: ['names'], why: 'what belongs to a person is kept under the name: say which columns hold it' };
  return undefined;
}
