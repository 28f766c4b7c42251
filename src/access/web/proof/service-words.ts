// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

interface Said {
  readonly kind: 'good' | 'danger';
  readonly text: string;
}

/** How a way through the other service ended, as the address says it (`?sso=away`); nothing for words that nobody sends. */
export function saidByService(word: string | null): Said | undefined {
  const words: Readonly<Record<string, () => Said>> = {
    linked: () => ({ kind: 'good', text: t`Your account is linked.` }),
    taken: () => ({ kind: 'danger', text: t`This identity belongs to another account already. Ask your administrator.` }),
    away: () => ({ kind: 'danger', text: t`The other sign-in service does not answer. Use your user name and password.` }),
    stale: () => ({ kind: 'danger', text: t`This took too long or was opened twice. Begin again.` }),
    refused: () => ({ kind: 'danger', text: t`The other sign-in service did not vouch for you. Begin again, or use your password.` }),
    unknown: () => ({
      kind: 'danger',
      text: t`The other sign-in service knows you, but no account here is open to you through it. Sign in with your password and link it under “Your account”, or ask your administrator.`,
    }),
  };
  return word !== null && Object.hasOwn(words, word) ? words[word]?.() : undefined;
}
