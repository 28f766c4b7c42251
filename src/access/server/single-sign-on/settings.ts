// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';

/** Another service that may vouch for people here. None by default; nothing about it is needed to sign in with a password. */
export interface SingleSignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** How the button names it: "Sign in with the ministry". */
  readonly label: string;
  /** Values of `acr` or `amr` that count as a second proof; empty: none does, and ours is asked after theirs. */
  readonly countsAsProof: readonly string[];
}

/**
 * From WAYMARK_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET_FILE, _LABEL and _COUNTS_AS_PROOF. The secret stands in a file, where neither the
 * list of processes nor a child of ours shows it. Null without an issuer; throws where half of it is missing.
 */
export function singleSignOnFrom(env: NodeJS.ProcessEnv): SingleSignOnSettings | null {
  const issuer = env['WAYMARK_OIDC_ISSUER'];
  if (!issuer) return null;
  if (!URL.canParse(issuer) || !(new URL(issuer).protocol === 'https:' || isThisMachine(new URL(issuer))))
    throw new Error('WAYMARK_OIDC_ISSUER must be an address that begins with https://.');
  const clientId = env['WAYMARK_OIDC_CLIENT_ID'];
  if (!clientId) throw new Error('WAYMARK_OIDC_CLIENT_ID is missing: WAYMARK_OIDC_ISSUER names a service, but not who we are to it.');
  const file = env['WAYMARK_OIDC_CLIENT_SECRET_FILE'];
  return {
    issuer,
    clientId,
    clientSecret: file ? secretIn(file) : null,
    label: env['WAYMARK_OIDC_LABEL'] || new URL(issuer).hostname,
    countsAsProof: (env['WAYMARK_OIDC_COUNTS_AS_PROOF'] ?? '').split(/[\s,]+/).filter((word) => word !== ''),
  };
}

/** Plain HTTP is for trying things out on one machine. */
export function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}

function secretIn(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new Error('The file that WAYMARK_OIDC_CLIENT_SECRET_FILE names is empty.');
  return secret;
}
