// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { count, day, decimal, percent } from '../../../platform/web/format.ts';
import { languages } from '../../../platform/web/i18n.ts';
import type { TriedExpression } from '../../domain/imports-api.ts';

/** How a value is read: a share of all, a rate, or as it stands. */
export type Measure = 'share' | 'rate' | 'plain';
type Value = TriedExpression['rows'][number]['value'];

const expressions: Readonly<Record<string, () => string>> = {
  value: () => t`The value`,
  part: () => t`The part`,
  whole: () => t`The whole`,
  code: () => t`Code`,
  name: () => t`Name`,
  where: () => t`Whether the row is taken`,
  observed: () => t`Figures are of`,
  parent: () => t`Code of the area it lies in`,
  latitude: () => t`Latitude`,
  longitude: () => t`Longitude`,
  population: () => t`Population`,
};

/** What an expression of a mapping is called on screen. */
export function expressionWord({ what }: TriedExpression): string {
  const named = /^name (.+)$/.exec(what)?.[1];
  if (named) return t`Name in ${languages.find(({ code }) => code === named)?.name ?? named}`;
  return expressions[what]?.() ?? what;
}

const plain = (value: number): string => (Number.isInteger(value) ? count(value) : decimal(value, 2));

function share(value: number): string {
  const text = percent(value * 100, 1);
  return value < 0 || value > 1 ? t`${text}: not a share` : text;
}

function valueText(value: Value, measure: Measure, reason: string | null, what: string): string {
  if (value === null) return reason === null ? t`empty` : '–';
  if (typeof value === 'boolean') return value ? t`yes` : t`no`;
  if (typeof value === 'string') return what === 'observed' ? day(value, 'medium') : value;
  if (measure === 'share') return share(value);
  return measure === 'rate' ? decimal(value, 2) : plain(value);
}

/** A part beside its whole shows at once when the two were mixed up. */
function ratioText(part: number, whole: number, measure: Measure): string {
  const [some, all] = [plain(part), plain(whole)];
  if (measure !== 'share') return t`${some} of ${all}`;
  return whole > 0 ? t`${some} of ${all}: ${share(part / whole)}` : t`${some} of ${all}: not a share`;
}

/** Each of the first rows in one text: the value, or part and whole together. */
export function rowTexts(tried: readonly TriedExpression[], measure: Measure): readonly { readonly row: number; readonly text: string }[] {
  const [first] = tried;
  if (!first) return [];
  const whole = tried.find(({ what }) => what === 'whole');
  return first.rows.map(({ row, value, reason }, index) => {
    if (first.what !== 'part') return { row, text: valueText(value, measure, reason, first.what) };
    const all = whole?.rows[index];
    if (typeof value === 'number' && typeof all?.value === 'number') return { row, text: ratioText(value, all.value, measure) };
    const missing = typeof value === 'number' && all ? all : { value, reason };
    return { row, text: valueText(missing.value, 'plain', missing.reason, 'part') };
  });
}
