// SPDX-License-Identifier: AGPL-3.0-or-later
import { identityLimits, type Identity, type PersonName } from '../../../people/domain/identity.ts';
import { cleanText } from '../../../people/domain/identity-normal.ts';
import type { ValueRow } from '../../../platform/server/tabular.ts';
import type { NameRule, PeopleMapping } from '../../domain/people-mapping.ts';
import { identityExpressions } from './mapping.ts';

type Values = ValueRow['values'];
const text = (values: Values, key: string): string => {
  const value = values[key];
  return typeof value === 'string' ? value : '';
};

/** Somebody's name by one rule; null where the row has none. Made-up order is none: family first only where the mapping says so. */
function nameOf(rule: NameRule, i: number, values: Values): PersonName | null {
  const given = cleanText(text(values, `name:${i}:given`)),
    family = cleanText(text(values, `name:${i}:family`));
  const parts = rule.first === 'family' ? [family, given] : [given, family];
  const full = cleanText(text(values, `name:${i}:full`)) || parts.filter((part) => part !== '').join(' ');
  if (full === '') return null;
  return {
    kind: rule.kind ?? 'official',
    full,
    ...(given && { given }),
    ...(family && { family }),
    ...(rule.language && { language: rule.language }),
  };
}

/** Who the person of a row is, as the row says it; null where it has no name. Whoever seals it cleans it. */
export function identityOf(mapping: PeopleMapping, values: Values): Identity | null {
  const names = (mapping.names ?? []).map((rule, i) => nameOf(rule, i, values)).filter((name) => name !== null);
  if (names.length === 0) return null;
  const address = text(values, 'address');
  return {
    names,
    phones: (mapping.phones ?? []).map((_, i) => text(values, `phone:${i}`)),
    documents: (mapping.documents ?? []).map(({ kind, country }, i) => ({
      kind,
      ...(country && { country }),
      number: text(values, `document:${i}`),
    })),
    ...(address && { address }),
  };
}

const { nameLength, phoneLength, documentLength, addressLength } = identityLimits;
const longest: Readonly<Record<string, number>> = {
  name: nameLength,
  phone: phoneLength,
  document: documentLength,
  address: addressLength,
};

/** Finds what is too long to be kept, and says so in words that quote nothing, with the expression it stands in. */
export function identityCheck(mapping: PeopleMapping): (values: Values) => { readonly what: string; readonly reason: string } | null {
  const cells = Object.keys(identityExpressions(mapping)).map((what) => ({ what, most: longest[what.split(':')[0]!]! }));
  const tooLong = (what: string, most: number) => ({ what, reason: `the cell is longer than ${most} letters` });
  const parted = (mapping.names ?? []).flatMap(({ full, given, family }, i) => (full === undefined && given && family ? [i] : []));
  return (values) => {
    for (const { what, most } of cells) if (text(values, what).length > most) return tooLong(what, most);
    for (const i of parted)
      if (text(values, `name:${i}:given`).length + text(values, `name:${i}:family`).length >= nameLength)
        return tooLong(`name:${i}:family`, nameLength);
    return null;
  };
}
