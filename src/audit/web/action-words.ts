// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

const verbs: Readonly<Record<string, () => string>> = {
  'session.signed-in': () => t`Signed in`,
  'session.signed-out': () => t`Signed out`,
};

/** What an action was, in words; the code itself where there are none yet. */
export function actionWords(action: string): string {
  return verbs[action]?.() ?? action;
}
