// SPDX-License-Identifier: AGPL-3.0-or-later
import { hash, verify } from '@node-rs/argon2';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { username } from 'better-auth/plugins';
import type pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { longestPassword } from '../domain/password.ts';

export interface LibraryOptions {
  /** Connections of waymark_auth with search_path `auth`. */
  readonly pool: pg.Pool;
  /** Signs the session cookie; at least 32 random bytes, kept between starts. */
  readonly secret: string;
  readonly publicOrigin: string | null;
}

const day = 24 * 60 * 60;
/** Seconds a session lives from its last renewal, and how old that must be before a request renews it again. */
export const sessionLasts = 14 * day,
  sessionRenewedAfter = day;

export const hashPassword = (password: string): Promise<string> => hash(password);

/** Everything the sign-in library is asked to be: accounts are made by us, so it only proves passwords and keeps sessions. */
export function libraryOptions({ pool, secret, publicOrigin }: LibraryOptions) {
  return {
    appName: 'Waymark',
    baseURL: publicOrigin ?? 'http://localhost',
    basePath: '/api/auth',
    secret,
    database: pool,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 1,
      maxPasswordLength: longestPassword,
      password: {
        hash: hashPassword,
        verify: ({ hash: stored, password }: { hash: string; password: string }) => verify(stored, password),
      },
    },
    session: { expiresIn: sessionLasts, updateAge: sessionRenewedAfter, cookieCache: { enabled: false } },
    advanced: {
      cookiePrefix: 'waymark',
      useSecureCookies: publicOrigin?.startsWith('https:') ?? false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: '/' },
      ipAddress: { disableIpTracking: true }, // where somebody signs in from is nobody's business
      database: { generateId: () => uuidv7() },
    },
    rateLimit: { enabled: false }, // ours stands in front
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [username({ minUsernameLength: 1, maxUsernameLength: 200, usernameValidator: () => true })],
  } satisfies BetterAuthOptions;
}

export function openLibrary(options: LibraryOptions) {
  return betterAuth(libraryOptions(options));
}

export type Library = ReturnType<typeof openLibrary>;
