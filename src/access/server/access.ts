// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { openDb, openPool, type Urls } from '../../platform/server/db.ts';
import type { Clock, NewId } from '../../platform/domain/actor.ts';
import { openLibrary, type Library } from './library.ts';
import { networksBeforeRest } from '../domain/lockout.ts';
import { Failures, Turns } from './attempts.ts';
import { Provider } from './single-sign-on/provider.ts';
import type { SingleSignOnSettings } from './single-sign-on/settings.ts';
import { proofKeys, type ProofKeys } from './proofs/keys.ts';

/** What the room needs to prove who somebody is. Made once a process, closed with it. */
export interface Access {
  /** As waymark_app, bound by row security. */
  readonly app: Kysely<unknown>;
  /** As waymark_auth: the gate's own eyes. */
  readonly auth: Kysely<unknown>;
  /** As waymark_auth too, apart, because an attempt to sign in holds its connection while the password is checked. */
  readonly attempts: Kysely<unknown>;
  readonly library: Library;
  /** By name and network; for guesses at a password from within, by account. */
  readonly failures: Failures;
  /** Networks that came to rest over a name that does not exist, as waymark.account counts them for those that do. */
  readonly unknownNames: Failures;
  readonly turns: Turns;
  readonly keys: ProofKeys;
  readonly publicOrigin: string | null;
  /** The other service that may vouch for people; null where there is none. */
  readonly provider: Provider | null;
  readonly now: Clock;
  readonly newId: NewId;
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly urls: Urls;
  readonly app: Kysely<unknown>;
  readonly secret: string;
  readonly publicOrigin: string | null;
  readonly singleSignOn?: SingleSignOnSettings | null;
  readonly now: Clock;
  readonly newId: NewId;
}

/** Opens the connections of sign-in. `app` stays the caller's to close. */
export function openAccess(options: AccessOptions): Access {
  const authPool = openPool(options.urls.auth, { max: 8, applicationName: 'waymark gate' });
  const attemptPool = openPool(options.urls.auth, { max: 4, applicationName: 'waymark sign-in' });
  const libraryPool = openPool(options.urls.auth, { max: 8, searchPath: 'auth', applicationName: 'waymark sessions' });
  return {
    app: options.app,
    auth: openDb(authPool),
    attempts: openDb(attemptPool),
    library: openLibrary({ pool: libraryPool, secret: options.secret, publicOrigin: options.publicOrigin }),
    failures: new Failures(),
    unknownNames: new Failures(networksBeforeRest),
    turns: new Turns(),
    keys: proofKeys(options.secret),
    publicOrigin: options.publicOrigin,
    provider: options.singleSignOn ? new Provider(options.singleSignOn) : null,
    now: options.now,
    newId: options.newId,
    async close() {
      await Promise.all([authPool.end(), attemptPool.end(), libraryPool.end()]);
    },
  };
}
