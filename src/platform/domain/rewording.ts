// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * English sentences of the server beside the same in another language. `{}` stands for what is named in them, `{*}` for a sentence of its own;
 * `{2}` where the other language wants the second hole first.
 */
export type Details = readonly (readonly [english: string, other: string])[];

export interface Pattern {
  readonly fits: RegExp;
  readonly other: string;
  /** Holes that hold sentences, by number. */
  readonly sentences: ReadonlySet<number>;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Longer sentences first: a short pattern with a hole in it would swallow them; last those that begin with a hole. */
export function patternsOf(details: Details): readonly Pattern[] {
  const open = (english: string): number => (english.startsWith('{') ? 1 : 0);
  return [...details]
    .sort(([a], [b]) => open(a) - open(b) || b.length - a.length)
    .map(([english, other]) => {
      const holes = english.match(/\{\*?\}/g) ?? [];
      return {
        fits: new RegExp(
          `^${english
            .split(/\{\*?\}/)
            .map(escaped)
            .join('([\\s\\S]+?)')}$`,
        ),
        other,
        sentences: new Set(holes.flatMap((hole, i) => (hole === '{*}' ? i + 1 : []))),
      };
    });
}

/** `wide`: what is named may hold a semicolon, as a list does. Without it, that is taken for the end of a sentence. */
function once(patterns: readonly Pattern[], text: string, wide: boolean): string | undefined {
  for (const { fits, other, sentences } of patterns) {
    const found = fits.exec(text);
    if (!found || (!wide && found.some((held, number) => number > 0 && !sentences.has(number) && held.includes('; ')))) continue;
    let next = 1;
    return other.replace(/\{(\d*|\*)\}/g, (_, given: string) => {
      const number = /\d/.test(given) ? Number(given) : next++,
        held = found[number] ?? '';
      return sentences.has(number) ? reworded(patterns, held) : held;
    });
  }
  return undefined;
}

/** One sentence. What stands without a blank before a colon is a name: an indicator, a key of a mapping. */
function sentence(patterns: readonly Pattern[], text: string, wide = false): string | undefined {
  const name = /^\S+: (?=\S)/.exec(text)?.[0];
  const rest = name === undefined ? undefined : once(patterns, text.slice(name.length), wide);
  return rest === undefined ? once(patterns, text, wide) : `${name}${rest}`;
}

/** A sentence, or several joined by semicolons, in other words; what has none there stays as it is. */
export function reworded(patterns: readonly Pattern[], text: string): string {
  const whole = sentence(patterns, text);
  if (whole !== undefined) return whole;
  const parts = text.split('; '),
    said = parts.map((part) => sentence(patterns, part));
  const wide = said.includes(undefined) ? sentence(patterns, text, true) : undefined;
  return wide ?? parts.map((part, i) => said[i] ?? part).join('; ');
}
