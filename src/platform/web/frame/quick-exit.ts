// SPDX-License-Identifier: AGPL-3.0-or-later

/** Somewhere anybody might have been reading, in any language; if there is no connection the browser's own empty page is as neutral. */
const neutralPage = 'https://www.wikipedia.org/';

const forgetters: (() => void)[] = [];

/** Called when somebody leaves at once: whoever keeps something on the device takes it away here, without waiting for anything. */
export function forgetAtQuickExit(forget: () => void): void {
  forgetters.push(forget);
}

/**
 * Leaves at once. The page goes blank before anything else, device and tab forget what they held, the session ends in the background,
 * and the page is replaced so that "back" does not return to it. Pages opened earlier then show the sign-in.
 */
export function quickExit(): void {
  document.documentElement.hidden = true;
  document.title = '';
  for (const forget of [...forgetters, () => sessionStorage.clear()]) {
    try {
      forget();
    } catch {
      /* storage forbidden: nothing is there */
    }
  }
  void fetch('/api/auth/sign-out', {
    method: 'POST',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  }).catch(() => undefined);
  location.replace(neutralPage);
}
