// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Every way Waymark says no, in one place (RFC 9457: the code is the last part of the problem's type).
 * A title is a plain sentence that is true of every occurrence; what differs goes into `detail`.
 */
export const problemCatalogue = {
  'bad-input': { status: 400, title: 'Something in what was sent cannot be read' },
  'not-signed-in': { status: 401, title: 'You are not signed in' },
  'wrong-credentials': { status: 401, title: 'The user name or the password is not right' },
  'second-proof-needed': { status: 403, title: 'Prove a second time that it is you' },
  'fresh-proof-needed': { status: 403, title: 'Prove once more that it is you; this is too important to change without' },
  'wrong-proof': { status: 403, title: 'The code or key is not right, or was used before' },
  'provider-away': { status: 503, title: 'The other sign-in service does not answer' },
  'wrong-code': { status: 403, title: 'This is not the set-up code; it stands where Waymark was started' },
  'wrong-access-code': { status: 401, title: 'The user name or the code is not right, or the code has run out or was used' },
  'access-code-used': { status: 401, title: 'This code was used already' },
  'not-allowed': { status: 403, title: 'Your account may not do this' },
  'outside-your-area': { status: 403, title: 'This lies outside the area you work in' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'changed-meanwhile': { status: 409, title: 'Somebody changed this since you opened it' },
  'already-there': { status: 409, title: 'This is already there' },
  'already-set-up': { status: 409, title: 'This installation has been set up already' },
  'people-not-kept': { status: 409, title: 'This installation keeps no records of people' },
  'people-recorded': { status: 409, title: 'People are recorded here; that cannot be switched off while they are' },
  'no-lawful-basis': { status: 409, title: 'No lawful basis is stated on which people may be recorded' },
  'no-consent': { status: 422, title: 'Without consent nobody is recorded' },
  restricted: { status: 409, title: 'This record is used no further; nothing new is recorded about the person' },
  held: { status: 409, title: 'A legal hold stands on this record; until it ends nobody may erase it' },
  'erasure-not-noted': { status: 503, title: 'The lists of erased people cannot be written, so nobody was erased' },
  'too-large': { status: 413, title: 'This is larger than can be taken in one piece' },
  'unreadable-file': { status: 422, title: 'The file cannot be read' },
  'bad-mapping': { status: 422, title: 'The mapping file does not fit' },
  'rejected-rows': { status: 422, title: 'Some rows cannot be taken' },
  'weak-password': { status: 422, title: 'The password is too easy to guess' },
  'account-locked': { status: 423, title: 'Too many failed attempts; try again later or ask your administrator' },
  'too-many-requests': { status: 429, title: 'Too many requests in a short time' },
  cancelled: { status: 409, title: 'This was cancelled; nothing was changed' },
  'storage-full': { status: 507, title: 'The disk is full; nothing was changed' },
  'vault-closed': { status: 503, title: 'Names can be neither read nor written: the master key is not at hand' },
  busy: { status: 503, title: 'Too many are at work just now; nothing was changed' },
  'not-ready': { status: 503, title: 'Waymark is still starting' },
  internal: { status: 500, title: 'Something went wrong on our side; nothing was changed' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;

/** Where in a file the trouble is. Rows count from 1 with the header as row 1, as spreadsheets show them. */
export interface FilePlace {
  readonly file: string;
  readonly row?: number;
  readonly column?: string;
}

/** The record that stays, where the one that was written to was joined with it. */
export interface JoinedRecord {
  readonly regionId: number;
  readonly personId: string;
}

/** The one error the application throws on purpose; the gate turns it into an RFC 9457 answer. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string | undefined;
  readonly at: FilePlace | undefined;
  /** What goes into the record of use although all that the request did is taken back. */
  readonly record: { readonly action: string; readonly subject?: string; readonly detail: Readonly<Record<string, string>> } | undefined;
  /** Where it can be sent instead. */
  readonly joined: JoinedRecord | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { at?: FilePlace; cause?: unknown; record?: Problem['record']; joined?: JoinedRecord | undefined } = {},
  ) {
    super(detail ? `${problemCatalogue[code].title}: ${detail}` : problemCatalogue[code].title, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.at = options.at;
    this.record = options.record;
    this.joined = options.joined;
  }

  get status(): number {
    return problemCatalogue[this.code].status;
  }
}
