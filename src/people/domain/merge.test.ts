// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acts, consentStands, purposes, speakers } from './consent.ts';
import type { Identity } from './identity.ts';
import { cleanIdentity } from './identity-normal.ts';
import { mergedIdentity, strictestWords, withoutAdded, type SaidOf } from './merge.ts';

const kinds = ['official', 'called', 'former'] as const;
const name = fc.record({ kind: fc.constantFrom(...kinds), full: fc.constantFrom('Malee', 'malee', 'Suda Thongdee', 'มาลี', 'Nid', 'Lek') });
const anIdentity: fc.Arbitrary<Identity> = fc
  .record(
    {
      names: fc.array(name, { minLength: 1, maxLength: 8 }),
      phones: fc.array(fc.constantFrom('+66812345678', '0812345678', '+66899999999', '12345'), { maxLength: 4 }),
      documents: fc.array(fc.record({ kind: fc.constant('passport' as const), number: fc.constantFrom('AB1', 'AB2', 'AB3') }), {
        maxLength: 4,
      }),
      address: fc.constantFrom('house 4', 'by the well'),
      guardian: fc.record({ name: fc.constantFrom('Suda', 'Lek') }),
    },
    { requiredKeys: ['names', 'phones', 'documents'] },
  )
  .map((identity) => cleanIdentity(identity));

describe('two identities in one', () => {
  test('taken back they are as they were, whatever the two hold', () => {
    fc.assert(
      fc.property(fc.option(anIdentity), fc.option(anIdentity), (stays, other) => {
        const { identity, added } = mergedIdentity(stays, other);
        expect(identity && withoutAdded(identity, other, added)).toEqual(stays);
      }),
    );
  });

  test('what was written into the one that stays since, stays with it', () => {
    fc.assert(
      fc.property(anIdentity, anIdentity, (stays, other) => {
        const { identity, added } = mergedIdentity(stays, other);
        const since = {
          ...identity!,
          phones: [...identity!.phones, '+855111'],
          names: [...identity!.names, { kind: 'called' as const, full: 'Daeng' }],
        };
        const left = withoutAdded(since, other, added);
        expect(left?.phones).toEqual([...stays.phones, '+855111']);
        expect(left?.names).toEqual([...stays.names, { kind: 'called', full: 'Daeng' }]);
      }),
    );
  });

  test('within the limits every name of either is there, and the official one is still that of the record that stays', () => {
    fc.assert(
      fc.property(anIdentity, anIdentity, (stays, other) => {
        const { identity } = mergedIdentity(stays, other);
        const held = identity!.names.map(({ full }) => full.toLowerCase());
        if (held.length < 8) for (const { full } of other.names) expect(held).toContain(full.toLowerCase());
        expect(identity!.names.slice(0, stays.names.length)).toEqual(stays.names);
        expect(identity!.names.slice(stays.names.length).every(({ kind }) => kind !== 'official')).toBe(true);
      }),
    );
  });

  test('a name taken away since, and the last name there is, are no trouble', () => {
    const stays: Identity = { names: [{ kind: 'official', full: 'Malee' }], phones: [], documents: [] };
    const other: Identity = { names: [{ kind: 'official', full: 'Mali' }], phones: ['+66812345678'], documents: [] };
    const { identity, added } = mergedIdentity(stays, other);
    expect(withoutAdded({ ...identity!, phones: [] }, other, added)).toEqual(stays);
    const renamed = { ...identity!, names: identity!.names.slice(1) };
    expect(withoutAdded(renamed, other, added)?.names).toEqual([{ kind: 'former', full: 'Mali' }]);
    expect(withoutAdded(identity!, null, added)).toEqual(identity);
  });
});

describe('the strictest word', () => {
  const word = fc.record({
    eventId: fc.uuid(),
    purpose: fc.constantFrom(...purposes),
    byWhom: fc.constantFrom(...speakers),
    act: fc.constantFrom(...acts),
    organisationId: fc.constantFrom(null, 'harbour', 'north'),
    observedAt: fc.integer({ min: 0, max: 20 }),
    recordedAt: fc.integer({ min: 20, max: 22 }),
  });
  const said: fc.Arbitrary<SaidOf[]> = fc.array(word, { maxLength: 12 });
  const asSaid = (words: ReturnType<typeof strictestWords>): SaidOf[] =>
    words.map((each, n) => ({ ...each, eventId: `strict ${n}`, observedAt: 100, recordedAt: 100 }));

  test('who said no on either record, about anything, has said no', () => {
    fc.assert(
      fc.property(said, said, fc.option(fc.integer({ min: 0, max: 90 })), (a, b, age) => {
        const together = [...a, ...b, ...asSaid(strictestWords(a, b))];
        for (const purpose of purposes.filter((each) => each !== 'share')) {
          const plainA = a.map((each) => ({ ...each, organisationId: null })),
            plainB = b.map((each) => ({ ...each, organisationId: null }));
          const all = [...plainA, ...plainB, ...asSaid(strictestWords(plainA, plainB))];
          for (const one of [plainA, plainB]) {
            const asked = one.some((each) => each.purpose === purpose && each.byWhom === 'self');
            if (asked && (age === null || age >= 18) && !consentStands(one, purpose, age))
              expect(consentStands(all, purpose, age)).toBe(false);
          }
        }
        // Written down once, there is nothing more to write.
        expect(strictestWords(together, [])).toEqual([]);
      }),
    );
  });

  test('an older no weighs more than a newer yes of the other record, and two yeses need no word', () => {
    const yes: SaidOf = {
      eventId: '1',
      purpose: 'share',
      byWhom: 'self',
      act: 'given',
      organisationId: 'harbour',
      observedAt: 9,
      recordedAt: 9,
    };
    const no: SaidOf = { ...yes, eventId: '2', act: 'withdrawn', organisationId: null, observedAt: 1 };
    expect(strictestWords([yes], [no])).toEqual([{ purpose: 'share', byWhom: 'self', act: 'withdrawn', organisationId: 'harbour' }]);
    expect(strictestWords([yes], [{ ...yes, eventId: '3' }])).toEqual([]);
    expect(strictestWords([yes], [])).toEqual([]);
  });
});
