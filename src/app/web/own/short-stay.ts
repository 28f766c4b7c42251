// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { signedOutByServer } from '../../../platform/web/api.ts';

const minute = 60_000;
/** A little less than the server waits, so that the screen is empty before the session is (access/domain/short-session.ts). */
const idleFor = 10 * minute;
/** Another program was in front, or the screen was off. */
const awayFor = 2 * minute;

/** Nothing of the page stays, neither on the screen nor behind the button "back"; the sign-in stands there instead. */
function leave(): void {
  document.documentElement.hidden = true;
  void fetch('/api/auth/sign-out', {
    method: 'POST',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
    .catch(() => undefined)
    .finally(() => location.replace('/'));
}

/** Leaves by itself: after ten minutes without a tap, after two in which the page was not seen, and when the server says it is over. */
export function useShortStay(): void {
  const ended = signedOutByServer.value;
  const [before] = useState(ended);
  useEffect(() => {
    if (ended !== before) leave();
  }, [ended]);
  useEffect(() => {
    let touched = Date.now(),
      hidden = 0;
    const touch = () => {
      touched = Date.now();
    };
    const look = () => {
      // A phone that slept runs no clock: what the hands of the day say counts.
      if (Date.now() - touched > idleFor || (hidden > 0 && Date.now() - hidden > awayFor)) leave();
    };
    const turn = () => {
      if (document.hidden) {
        hidden = Date.now();
        return;
      }
      look();
      hidden = 0;
    };
    const kinds = ['pointerdown', 'keydown', 'scroll'] as const;
    for (const kind of kinds) addEventListener(kind, touch, { passive: true });
    document.addEventListener('visibilitychange', turn);
    const clock = setInterval(look, minute / 4);
    return () => {
      for (const kind of kinds) removeEventListener(kind, touch);
      document.removeEventListener('visibilitychange', turn);
      clearInterval(clock);
    };
  }, []);
}
