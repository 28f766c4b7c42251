// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { UserName } from './account.ts';
import { quietUserName } from './own-account.ts';
import { hasRunOut, idleMinutes, longestMinutes } from './short-session.ts';
import { roles } from './roles.ts';

describe('the account of a person', () => {
  it('is called by chance alone, as any user name may be', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (chance) => {
        const name = quietUserName((below) => (chance.next().value as number) % below);
        seen.add(name);
        return Value.Check(UserName, name) && /^([b-z][aeiou]){3}\d{3}$/.test(name);
      }),
    );
    expect(seen.size).toBeGreaterThan(80);
  });

  it('is open for a quarter of an hour without a page, an hour at most; nobody else is signed out so', () => {
    const now = Date.UTC(2026, 10, 22);
    const ago = (minutes: number) => new Date(now - minutes * 60_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...roles),
        fc.integer({ min: 0, max: 90 }),
        fc.option(fc.integer({ min: 0, max: 90 })),
        (role, signedIn, seen) => {
          const over = hasRunOut({ roles: [role], signedInAt: ago(signedIn), seenAt: seen === null ? null : ago(seen) }, now);
          expect(over).toBe(role === 'person' && (signedIn >= longestMinutes || (seen ?? signedIn) >= idleMinutes));
        },
      ),
    );
  });
});
