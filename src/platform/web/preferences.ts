// SPDX-License-Identifier: AGPL-3.0-or-later
import { effect, signal } from '@preact/signals';

export type SchemeChoice = 'system' | 'light' | 'dark';

const storageKey = 'scheme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const systemScheme = signal<'light' | 'dark'>(systemIsDark.matches ? 'dark' : 'light');
systemIsDark.addEventListener('change', (event) => {
  systemScheme.value = event.matches ? 'dark' : 'light';
});

function remembered(key: string): string | null {
  // A browser may forbid storage altogether (private windows, policies); the screens then work without memory.
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    /* see above */
  }
}

const stored = remembered(storageKey);
export const schemeChoice = signal<SchemeChoice>(stored === 'light' || stored === 'dark' ? stored : 'system');

/** The scheme on screen now; reading it in a component subscribes it (the map repaints by this). */
export const scheme = {
  get value(): 'light' | 'dark' {
    return schemeChoice.value === 'system' ? systemScheme.value : schemeChoice.value;
  },
};

export function chooseScheme(choice: SchemeChoice): void {
  schemeChoice.value = choice;
  remember(storageKey, choice);
}

/** Keeps the page's colours in step with the choice; called once at the start. */
export function followScheme(): void {
  effect(() => {
    document.documentElement.dataset.scheme = scheme.value;
  });
}

/** The value of a token such as `--band-high` under the scheme on screen, for canvases that cannot read style sheets. */
export function token(name: `--${string}`): string {
  void scheme.value;
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function rememberedLanguage(): string | null {
  return remembered('language');
}

export function rememberLanguage(code: string): void {
  remember('language', code);
}

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
