// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** The tokens of one block: name to `#rrggbb`. */
function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  expect(start, `tokens.css has a block ${selector}`).toBeGreaterThanOrEqual(0);
  const block = css.slice(start, css.indexOf('\n}', start));
  return new Map(Array.from(block.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6});/g), ([, name = '', value = '']) => [name, value]));
}

const light = tokensOf(':root');
const dark = new Map([...light, ...tokensOf(":root[data-scheme='dark']")]);

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

/** Words on a ground: 4.5 to 1. */
const words: readonly (readonly [string, string])[] = [
  ...['paper', 'paper-raised', 'paper-sunk', 'accent-soft', 'danger-soft', 'good-soft', 'notice-soft'].map(
    (ground) => ['ink', ground] as const,
  ),
  ...['paper', 'paper-raised', 'paper-sunk', 'accent-soft', 'danger-soft'].map((ground) => ['ink-soft', ground] as const),
  ...['paper', 'paper-raised', 'paper-sunk', 'accent-soft'].map((ground) => ['accent', ground] as const),
  ['accent-strong', 'accent-soft'],
  ['accent-strong', 'paper'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['danger', 'paper'],
  ['danger', 'paper-raised'],
  ['danger', 'danger-soft'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-strong'],
  ['notice', 'notice-soft'],
  ['notice', 'paper'],
  ['good', 'good-soft'],
  ['on-band-low', 'band-low'],
  ['on-band-medium', 'band-medium'],
  ['on-band-high', 'band-high'],
];

/** Marks that carry meaning, and the edges of controls: 3 to 1. */
const marks: readonly (readonly [string, string])[] = [
  ['line-strong', 'paper'],
  ['line-strong', 'paper-raised'],
  ['line-strong', 'paper-sunk'],
  ['focus', 'paper'],
  ['focus', 'paper-raised'],
  ['focus', 'focus-halo'],
  ['band-edge', 'paper'],
  ['band-hatch', 'band-unknown'],
  ['accent', 'paper'],
];

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('the %s colours', (_name, tokens) => {
  const ratio = (front: string, back: string) => {
    const [one, other] = [tokens.get(front), tokens.get(back)];
    if (!one || !other) throw new Error(`no token ${one ? back : front}`);
    return contrast(one, other);
  };

  test.each(words)('%s can be read on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(marks)('%s can be seen on %s', (front, back) => {
    expect(ratio(front, back)).toBeGreaterThanOrEqual(3);
  });

  test('the three bands keep their order in grey print', () => {
    const grey = ['band-low', 'band-medium', 'band-high'].map((name) => luminance(tokens.get(name) ?? ''));
    expect(grey[0]).toBeGreaterThan((grey[1] ?? 1) * 1.5);
    expect(grey[1]).toBeGreaterThan((grey[2] ?? 1) * 1.5);
  });
});
