// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';

const verbs: Readonly<Record<string, () => string>> = {
  'access.sign-in': () => t`Signed in`,
  'access.sign-in-refused': () => t`Sign-in refused`,
  'access.sign-out': () => t`Signed out`,
  'access.second-proof': () => t`Proved a second time`,
  'access.second-proof-refused': () => t`Second proof refused`,
  'access.app-added': () => t`Set up a code app`,
  'access.app-removed': () => t`Took a code app away`,
  'access.passkey-added': () => t`Added a passkey`,
  'access.passkey-removed': () => t`Took a passkey away`,
  'access.passkey-refused': () => t`Refused a passkey that may be a copy`,
  'access.recovery-codes': () => t`Made new recovery codes`,
  'access.session-ended': () => t`Signed out a device`,
  'access.sessions-ended': () => t`Signed out the other devices`,
  'access.lost-phone': () => t`Reported a lost phone`,
  'access.proof-reset': () => t`Took every second proof of somebody away, at the server`,
  'access.link-made': () => t`Linked an account to the other sign-in service`,
  'access.link-ended': () => t`Ended a link to the other sign-in service`,
  'access.role-policy': () => t`Changed of whom a second proof is asked`,
  'access.code-used': () => t`Came in by a code`,
  'access.code-refused': () => t`Refused a code`,
  'accounts.invite': () => t`Invited somebody`,
  'accounts.issue-code': () => t`Gave somebody a code for a new way in`,
  'accounts.import': () => t`Made accounts from a file`,
  'accounts.hand-over': () => t`Handed a post over`,
  'organisations.create': () => t`Added an organisation`,
  'organisations.change': () => t`Changed an organisation`,
  'organisations.end': () => t`Ended an organisation`,
  'settings.code-times': () => t`Changed how long codes last`,
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
  'people.visit-list': () => t`Printed a visit list`,
  'people.export': () => t`Took a list of people away`,
  'people.export-report': () => t`Took a report on people away`,
  'people.read-private': () => t`Read private answers`,
  'accounts.export': () => t`Took the list of accounts away`,
  'audit.export': () => t`Took the record of use away`,
  'audit.export-reads': () => t`Took the list of who looked at whom away`,
  'identity.read': () => t`Opened one identity`,
  'identity.search': () => t`Found by searching for a name`,
  'identity.list': () => t`Saw in a list`,
  'identity.print': () => t`Printed`,
  'identity.export': () => t`Took away in a file`,
};

/** What an action was, in words; the code itself where there are none. */
export function actionWords(action: string): string {
  return verbs[action]?.() ?? action;
}

/** What can be asked for, in the order of the list above. */
export const knownActions = (): { value: string; label: string }[] =>
  Object.entries(verbs).map(([value, words]) => ({ value, label: words() }));
