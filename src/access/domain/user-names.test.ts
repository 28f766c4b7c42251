// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { UserName } from './account.ts';
import { freeUserName, userNameFrom } from './user-names.ts';

describe('a user name made from a name', () => {
  it('reads like the name', () => {
    expect(['Mali Srisuk', "  O'Neil, Ana ", 'Ék', '7 Sao', '!!!', 'Jo'].map(userNameFrom)).toEqual([
      'mali.srisuk',
      'oneil.ana',
      'e.k',
      'sao',
      'user',
      'jo.user',
    ]);
  });

  it('can always be typed, and never is one that is taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 0, max: 120 }), (name, others) => {
        const taken = new Set<string>();
        for (let i = 0; i <= others; i++) {
          const made = freeUserName(userNameFrom(name), (each) => taken.has(each));
          if (taken.has(made) || !Value.Check(UserName, made)) return false;
          taken.add(made);
        }
        return true;
      }),
      { numRuns: 50 },
    );
  });
});
