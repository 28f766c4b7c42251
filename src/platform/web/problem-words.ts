// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { ApiProblem, FailureCode } from './api.ts';

/** What happened, in the reader's language; the catalogue's English titles never reach a screen. */
const words: Readonly<Record<FailureCode, () => string>> = {
  'bad-input': () => t`Something you entered cannot be read`,
  'not-signed-in': () => t`You are not signed in any more`,
  'second-proof-needed': () => t`Prove a second time that it is you`,
  'fresh-proof-needed': () => t`Prove once more that it is you`,
  'wrong-proof': () => t`The code or key is not right, or was used before`,
  'provider-away': () => t`The other sign-in service does not answer`,
  'wrong-code': () => t`This is not the set-up code; it stands where Waymark was started`,
  'wrong-access-code': () => t`The user name or the code is not right, or the code has run out or was used`,
  'access-code-used': () => t`This code was used already`,
  'wrong-credentials': () => t`The user name or the password is not right`,
  'not-allowed': () => t`Your account may not do this`,
  'outside-your-area': () => t`This lies outside the area you work in`,
  'not-found': () => t`There is nothing here`,
  'changed-meanwhile': () => t`Somebody changed this since you opened it`,
  'already-there': () => t`This is already there`,
  'already-set-up': () => t`This installation has been set up already`,
  'people-not-kept': () => t`This installation keeps no records of people`,
  'people-recorded': () => t`People are recorded here; that cannot be switched off while they are`,
  'no-lawful-basis': () => t`No lawful basis is stated on which people may be recorded`,
  'no-consent': () => t`Without consent nobody is recorded`,
  restricted: () => t`This record is used no further; nothing new is recorded about the person`,
  held: () => t`A legal hold stands on this record; until it ends nobody may erase it`,
  'erasure-not-noted': () => t`The lists of erased people cannot be written, so nobody was erased`,
  'too-large': () => t`This is larger than can be taken in one piece`,
  'unreadable-file': () => t`The file cannot be read`,
  'bad-mapping': () => t`The mapping does not fit the file`,
  'rejected-rows': () => t`Some rows cannot be taken`,
  'weak-password': () => t`The password is too easy to guess`,
  'account-locked': () => t`Too many failed attempts`,
  'too-many-requests': () => t`Too many requests in a short time`,
  cancelled: () => t`This was cancelled; nothing was changed`,
  'storage-full': () => t`The disk of the server is full; nothing was changed`,
  'vault-closed': () => t`Names can be neither read nor written: the master key is not at hand`,
  busy: () => t`Too many are at work just now; nothing was changed`,
  'not-ready': () => t`Waymark is still starting`,
  internal: () => t`Something went wrong on our side; nothing was changed`,
  offline: () => t`Waymark cannot be reached`,
  unreadable: () => t`The answer could not be understood`,
};

const nextSteps: Partial<Record<FailureCode, () => string>> = {
  'not-signed-in': () => t`Sign in again; you come back to this page.`,
  'access-code-used': () =>
    t`Sign in with the password that was chosen with it. If that was not you, or the password is forgotten, ask whoever gave you the code for a new one.`,
  'not-allowed': () => t`If you need it for your work, ask your administrator.`,
  'outside-your-area': () => t`If you need it for your work, ask your administrator.`,
  'changed-meanwhile': () => t`Load it again, look at what is there now, then make your change.`,
  'people-not-kept': () => t`Places and figures go on without them. An administrator can switch records of people on.`,
  'no-lawful-basis': () => t`The data protection officer states it under Data protection.`,
  restricted: () =>
    t`The person objected, or consent was taken back. The data protection officer decides; until then the record stays as it is.`,
  held: () => t`End the hold first, if the reason for it is gone.`,
  'erasure-not-noted': () =>
    t`Ask whoever runs this installation: the data folder and the folder of the master key must be writable. Then try again.`,
  'no-consent': () => t`Ask the person; for a child, ask a guardian and the child. If they say no, nothing is kept.`,
  'account-locked': () => t`Wait a few minutes and try again, or ask your administrator for a new password.`,
  'wrong-proof': () =>
    t`A code from the app is good once, for half a minute: wait for the next one. Check that the clock of your phone is right.`,
  'provider-away': () => t`Sign in with your user name and password instead.`,
  'too-many-requests': () => t`Wait a minute and try again.`,
  'vault-closed': () => t`Tell whoever runs the server.`,
  'storage-full': () => t`Tell whoever runs the server.`,
  busy: () => t`Try again in a few seconds.`,
  'not-ready': () => t`Try again in a few seconds.`,
  internal: () => t`Try again. If it happens twice, tell your administrator what you were doing.`,
  offline: () => t`What you see stays as it is. Check the connection and try again.`,
  unreadable: () => t`Try again. If it happens twice, tell your administrator.`,
};

export function problemTitle(problem: ApiProblem): string {
  if (problem.joined) return t`This record was joined with another of the same person`;
  return (words[problem.code] ?? words.internal)();
}

/** What to do next, where there is something better than trying again. */
export function problemAdvice(problem: ApiProblem): string | undefined {
  if (problem.joined) return t`Go on with the record that is kept. Nothing was written on this one.`;
  return nextSteps[problem.code]?.();
}

/** Where in which file: "tambon.csv, row 12, column pop". */
export function problemPlace(problem: ApiProblem): string | undefined {
  if (!problem.at) return undefined;
  const { file, row, column } = problem.at;
  if (row !== undefined && column !== undefined) return t`${file}, row ${row}, column ${column}`;
  if (row !== undefined) return t`${file}, row ${row}`;
  return column === undefined ? file : t`${file}, column ${column}`;
}
