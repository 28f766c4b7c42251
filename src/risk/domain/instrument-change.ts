// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SchemaFault } from '../../platform/domain/schema-fault.ts';
import type { Indicator, Instrument } from './instrument.ts';
import { languagesOf, passagesOf } from './instrument-file.ts';
import type { SoundIndicator } from './instrument-rules.ts';

/** One question that stays, and what of it is other than before. */
export interface ChangedIndicator {
  readonly code: string;
  readonly weight?: readonly [was: number, is: number];
  readonly months?: readonly [was: number, is: number];
  readonly warns?: boolean;
  /** Private from now on. The other way round is refused. */
  readonly protected?: true;
  readonly theme?: readonly [was: string, is: string];
  /** Passages in other words: `question (en)`. */
  readonly words?: readonly string[];
}

/** What a version would change of the one in use. */
export interface InstrumentChange {
  /** The version in use; null: a new instrument. */
  readonly after: number | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ChangedIndicator[];
  readonly bands: readonly { readonly which: 'medium' | 'high' | 'coverage'; readonly was: number; readonly is: number }[];
  readonly languages: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Its own title and description, or the order of its questions. */
  readonly words: boolean;
  readonly order: boolean;
}

const stable = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((each) => stable(each))
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, each]) => [key, stable(each)]),
        )
      : value;
/** Whether two values say the same, in whatever order their keys stand. */
export const saysTheSame = (a: unknown, b: unknown): boolean => JSON.stringify(stable(a)) === JSON.stringify(stable(b));

/** Passages that both versions have in a language, and not in the same words. */
function reworded(was: Indicator, is: Indicator): { readonly part: string; readonly tag: string; readonly path: SchemaFault['path'] }[] {
  const before = new Map([...passagesOf(was)].map(({ part, words }) => [part, words]));
  return [...passagesOf(is)].flatMap(({ part, words, path }) =>
    Object.keys(words).flatMap((tag) => {
      const said = before.get(part);
      return said && Object.hasOwn(said, tag) && said[tag] !== words[tag] ? [{ part, tag, path: [...path, tag] }] : [];
    }),
  );
}

function changeOf(was: Indicator, is: Indicator): ChangedIndicator | null {
  const words = reworded(was, is).map(({ part, tag }) => `${part} (${tag})`);
  const changed: ChangedIndicator = {
    code: is.code,
    ...(was.weight === is.weight ? {} : { weight: [was.weight, is.weight] }),
    ...(was.months === is.months ? {} : { months: [was.months, is.months] }),
    ...(was.warns === is.warns ? {} : { warns: is.warns }),
    ...(is.protected && !was.protected ? { protected: true } : {}),
    ...(was.theme === is.theme ? {} : { theme: [was.theme, is.theme] }),
    ...(words.length === 0 ? {} : { words }),
  };
  return Object.keys(changed).length > 1 ? changed : null;
}

export function changesBetween(was: Instrument | null, is: Instrument): InstrumentChange {
  const before = new Map(was?.indicators.map((each) => [each.code, each])),
    now = new Set(is.indicators.map(({ code }) => code));
  const [spoke, speaks] = [was ? languagesOf(was) : [], languagesOf(is)];
  const order = (codes: readonly Indicator[], other: { has(code: string): boolean }) =>
    codes.flatMap(({ code }) => (other.has(code) ? [code] : [])).join(' ');
  return {
    after: was?.version ?? null,
    added: is.indicators.flatMap(({ code }) => (before.has(code) ? [] : [code])),
    removed: [...before.keys()].filter((code) => !now.has(code)),
    changed: is.indicators.flatMap((each) => {
      const old = before.get(each.code);
      return (old && changeOf(old, each)) || [];
    }),
    bands: (['medium', 'high', 'coverage'] as const).flatMap((which) =>
      was && was.bands[which] !== is.bands[which] ? [{ which, was: was.bands[which], is: is.bands[which] }] : [],
    ),
    languages: { added: speaks.filter((tag) => !spoke.includes(tag)), removed: spoke.filter((tag) => !speaks.includes(tag)) },
    words: was !== null && !saysTheSame([was.title, was.description], [is.title, is.description]),
    order: was !== null && order(was.indicators, now) !== order(is.indicators, before),
  };
}

/**
 * Why questions of a file cannot take over from those that had their codes before (`earlier`: all versions, oldest first). Answers count by code, under whatever version they were given:
 * a code whose meaning changed would make old answers say what nobody said. `sameMeaning`: codes of which somebody says that only the words are new.
 */
export function meaningFaults(
  sound: readonly SoundIndicator[],
  earlier: readonly Instrument[],
  sameMeaning: ReadonlySet<string>,
): SchemaFault[] {
  return sound.flatMap(({ at, indicator }) => {
    const had = earlier.flatMap(({ indicators }) => indicators.filter(({ code }) => code === indicator.code));
    const was = had.at(-1);
    if (!was) return [];
    const here = (path: SchemaFault['path'], why: string): SchemaFault => ({ path: ['indicators', at, ...path], why });
    const another = `answers given to ${indicator.code} would mean something else; ask it under a new code`;
    const found: SchemaFault[] = [];
    if (was.unit !== indicator.unit) found.push(here(['unit'], `it was asked about a ${was.unit}, so ${another}`));
    if (was.bySex !== indicator.bySex)
      found.push(here(['bySex'], `it had ${was.bySex ? 'an answer for each sex' : 'one answer for everybody'}, so ${another}`));
    const measured = ({ cuts, measure }: Indicator) => [cuts?.method, cuts?.worse, cuts?.at, measure];
    if (!saysTheSame(measured(was), measured(indicator)))
      found.push(here(indicator.cuts ? ['cuts'] : [], `figures were scored by other cuts, so ${another}`));
    if (!indicator.protected && had.some((each) => each.protected))
      found.push(
        here(
          ['protected'],
          `it was answered in confidence, and stays private: what was said would be read by others. Ask it openly under a new code`,
        ),
      );
    const words = reworded(was, indicator).filter(({ part }) => part === 'question' || part.startsWith('answer '));
    if (words.length > 0 && !sameMeaning.has(indicator.code))
      found.push(
        here(
          words[0]!.path,
          `other words than before (${words.map(({ part, tag }) => `${part} in ${tag}`).join(', ')}). If it asks something else, give it a new code; if it asks the same, publish with --same-meaning ${indicator.code}`,
        ),
      );
    return found;
  });
}
