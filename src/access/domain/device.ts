// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Device {
  readonly browser: string | null;
  readonly system: string | null;
}

/** In this order: most browsers also name those whose pages they can show. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\b/, 'Edge'],
  [/\b(OPR|Opera)\b/, 'Opera'],
  [/\bSamsung(Browser| Internet)\b/, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\b/, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\b/, 'Chrome'],
  [/\bSafari\b/, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\b(CrOS|ChromeOS)\b/, 'ChromeOS'],
  [/\b(Macintosh|Mac)\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

const firstOf = (kinds: typeof browsers, text: string): string | null => kinds.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** As much of a browser's own description as somebody needs to know her devices apart, and no more: no versions, no models. */
export function deviceOf(agent: string): Device {
  return { browser: firstOf(browsers, agent), system: firstOf(systems, agent) };
}

/** The same as one text, which reads back as the same device. Empty when nothing is known. */
export function deviceText(agent: string): string {
  const { browser, system } = deviceOf(agent);
  return [browser, system].filter((each) => each !== null).join(' on ');
}
