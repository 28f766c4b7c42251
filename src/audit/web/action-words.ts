// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

const verbs: Readonly<Record<string, () => string>> = {
  'access.sign-in': () => t`Signed in`,
  'access.sign-in-refused': () => t`Sign-in refused`,
  'access.sign-out': () => t`Signed out`,
  'accounts.set-up': () => t`Set up the installation`,
  'accounts.create': () => t`Made an account`,
  'accounts.rename': () => t`Renamed an account`,
  'accounts.disable': () => t`Disabled an account`,
  'accounts.enable': () => t`Let an account in again`,
  'accounts.give-post': () => t`Gave a post`,
  'accounts.end-post': () => t`Ended a post`,
  'accounts.new-password': () => t`Made a new password for somebody`,
  'accounts.password': () => t`Changed the own password`,
  'accounts.password-refused': () => t`Gave a wrong password for changing it`,
  'accounts.locale': () => t`Chose a language`,
  'assessments.record': () => t`Recorded an assessment`,
  'imports.try': () => t`Tried an import`,
  'imports.start': () => t`Started an import`,
  'imports.cancel': () => t`Cancelled an import`,
  'imports.undo': () => t`Undid an import`,
  'imports.export': () => t`Took the list of imports away`,
  'map.export': () => t`Exported figures`,
  'accounts.export': () => t`Took the list of accounts away`,
  'audit.export': () => t`Took the record of use away`,
};

/** What an action was, in words; the code itself where there are none. */
export function actionWords(action: string): string {
  return verbs[action]?.() ?? action;
}

/** What can be asked for, in the order of the list above. */
export const knownActions = (): { value: string; label: string }[] =>
  Object.entries(verbs).map(([value, words]) => ({ value, label: words() }));
