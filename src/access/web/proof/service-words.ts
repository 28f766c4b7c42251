// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

interface Said {
  readonly kind: 'good' | 'danger';
  readonly text: string;
}

/**
 * How a way through the other service ended, as the address says it (`?sso=away`); nothing for words that nobody sends. Whoever was signed in
 * and only wanted to link the account is not told how to sign in.
 */
export function saidByService(word: string | null, linking = false): Said | undefined {
  const words: Readonly<Record<string, () => Said>> = {
    linked: () => ({ kind: 'good', text: t`Your account is linked.` }),
    taken: () => ({ kind: 'danger', text: t`This identity belongs to another account already. Ask your administrator.` }),
    away: () => ({
      kind: 'danger',
      text: linking
        ? t`The other sign-in service does not answer. Nothing was linked; try again later.`
        : t`The other sign-in service does not answer. Use your user name and password.`,
    }),
    stale: () => ({ kind: 'danger', text: t`This took too long or was opened twice. Begin again.` }),
    refused: () => ({
      kind: 'danger',
      text: linking
        ? t`The other sign-in service did not vouch for you. Nothing was linked.`
        : t`The other sign-in service did not vouch for you. Begin again, or use your password.`,
    }),
    unknown: () => ({
      kind: 'danger',
      text: t`The other sign-in service knows you, but no account here is open to you through it. Sign in with your password and link it under “Your account”, or ask your administrator.`,
    }),
  };
  return word !== null && Object.hasOwn(words, word) ? words[word]?.() : undefined;
}

/** The same word, read once: the address forgets it, so that it is said neither of the next try nor to whoever comes after. */
export function takeServiceWord(): string | null {
  const here = new URL(location.href),
    word = here.searchParams.get('sso');
  if (word !== null) {
    here.searchParams.delete('sso');
    history.replaceState(history.state, '', here);
  }
  return word;
}
