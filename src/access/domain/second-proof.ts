// SPDX-License-Identifier: AGPL-3.0-or-later
import { asksSecondFactor, isRole, reachOf } from './roles.ts';

/** What is still missing before a session opens anything. */
export type Missing = 'proof' | 'enrolment';

/** What an installation says of a role where it differs from the role's own rule. */
export type RolePolicy = Readonly<Record<string, boolean>>;

export interface ProofFacts {
  readonly roles: readonly string[];
  readonly policy: RolePolicy;
  /** A demo, whose passwords everybody knows, asks nobody unless told to. */
  readonly demo: boolean;
  /** An authenticator app or a passkey is set up. */
  readonly hasFactor: boolean;
  readonly proved: boolean;
}

/** Never of a person in the register, who has no second way of proving (endpoints-own.ts). */
export function asksProof(role: string, policy: RolePolicy, demo: boolean): boolean {
  if (isRole(role) && reachOf(role) === 'self') return false;
  const said = Object.hasOwn(policy, role) ? policy[role] : undefined;
  return said ?? (!demo && isRole(role) && asksSecondFactor(role));
}

/**
 * Whoever has set up a second proof is asked for it, whatever the role; whoever must have one and has none sets one up first. Null:
 * nothing is missing.
 */
export function missingProof({ roles, policy, demo, hasFactor, proved }: ProofFacts): Missing | null {
  if (proved) return null;
  if (hasFactor) return 'proof';
  return roles.some((role) => asksProof(role, policy, demo)) ? 'enrolment' : null;
}

/** How long a proof is enough for changing what proves. */
export const freshMinutes = 10;

export interface Proofs {
  readonly passwordAt: Date | null;
  readonly provedAt: Date | null;
}

/** Where there is a second proof, it must be that which is fresh: a password alone may be known to somebody else. */
export function isFresh({ passwordAt, provedAt }: Proofs, hasFactor: boolean, now: Date): boolean {
  const since = now.getTime() - freshMinutes * 60_000;
  const recent = (at: Date | null): boolean => at !== null && at.getTime() >= since;
  return recent(provedAt) || (!hasFactor && recent(passwordAt));
}
