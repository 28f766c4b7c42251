// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static, type TProperties } from 'typebox';
import { schemaFault, type SchemaFault } from '../../platform/domain/schema-fault.ts';

const closed = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
const Text = Type.String({ minLength: 1 });
/** A scalar SQL expression over the row's columns; num(), pct(), be_date() and pad() are there besides. */
const Expression = Type.String({ minLength: 1, maxLength: 10_000 });
/** Codes of this file that the list of places writes differently: {"120901": "120902"}. Applied once, after padding. */
const Instead = Type.Record(Type.String(), Text);

/** What a share or a rate is taken of, where the file does not say it itself. */
export const WholeElsewhere = Type.Union([
  /** The `whole` of another indicator of the same instrument, as it was measured or summed for this very place. */
  closed({ statistic: Text }),
  /** The place's population. */
  closed({ place: Type.Literal('population') }),
]);
export type WholeElsewhere = Static<typeof WholeElsewhere>;

export const IndicatorMapping = closed({
  /** The measured value itself. Left out where `part` and `whole` say it. */
  value: Type.Optional(Expression),
  part: Type.Optional(Expression),
  whole: Type.Optional(Type.Union([Expression, WholeElsewhere])),
  /** Also sum parts and wholes for every area above. */
  sumUp: Type.Optional(Type.Boolean()),
});
export type IndicatorMapping = Static<typeof IndicatorMapping>;

/** How one file of area statistics is read. Column names are the file's own. */
export const AreaStatsMapping = closed({
  /** ISO 3166-1 alpha-2, or X and a letter for a fictional country. */
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  /** The level its rows speak of: 1 is the largest area within the country. */
  level: Type.Integer({ minimum: 0, maximum: 9 }),
  /** The instrument whose indicators it answers. */
  instrument: Text,
  /** Who made the figures, for the reader of a profile. */
  source: Text,
  code: Type.Union([
    closed({ column: Text, pad: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })), instead: Type.Optional(Instead) }),
    closed({ expression: Expression, instead: Type.Optional(Instead) }),
  ]),
  /** The column with the place's name: compared with the place's own, to find codes that mean another place. */
  name: Type.Optional(Text),
  observed: Type.Union([
    closed({ date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) }),
    closed({ column: Text, era: Type.Optional(Type.Union([Type.Literal('common'), Type.Literal('buddhist')])) }),
    closed({ expression: Expression }),
  ]),
  /** Rows for which this is not true are left out. */
  where: Type.Optional(Expression),
  indicators: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{1,62}$' }), IndicatorMapping, { minProperties: 1 }),
  encoding: Type.Optional(Text),
  delimiter: Type.Optional(Type.Union([Type.Literal(','), Type.Literal(';'), Type.Literal('\t'), Type.Literal('|')])),
  sheet: Type.Optional(Type.Union([Text, Type.Integer({ minimum: 1 })])),
  skipRows: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  headerRows: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
  /** The sign before the fraction in this file's numbers. */
  decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
});
export type AreaStatsMapping = Static<typeof AreaStatsMapping>;

/** The first fault of what a mapping file holds, or undefined when it fits. */
export function mappingFault(input: unknown): SchemaFault | undefined {
  const shape = schemaFault(AreaStatsMapping, input);
  if (shape) return shape;
  const { indicators, observed } = input as AreaStatsMapping;
  for (const [code, { value, part, whole, sumUp }] of Object.entries(indicators)) {
    const path = ['indicators', code];
    if (value === undefined && (part === undefined || whole === undefined))
      return { path, why: 'say the value, or the part and the whole' };
    if ((part === undefined) !== (whole === undefined)) return { path, why: 'part and whole come together' };
    if (sumUp && part === undefined) return { path: [...path, 'sumUp'], why: 'only parts and wholes can be summed; give both' };
    if (typeof whole === 'object' && 'statistic' in whole && whole.statistic === code)
      return { path: [...path, 'whole'], why: 'an indicator cannot be the whole of itself' };
  }
  if ('date' in observed && !isDate(observed.date))
    return { path: ['observed', 'date'], why: `${observed.date} is not a day of the calendar` };
  return undefined;
}

/** An ISO date that is really a day. */
export function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}
