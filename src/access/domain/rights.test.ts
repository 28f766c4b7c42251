// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../platform/domain/problem.ts';
import { checkPassword, makePassword } from './password.ts';
import { checkNewPost } from './posts.ts';
import { isRight, rights, rightsOf, rightsOfPosts, roles } from './rights.ts';

const codeOf = (act: () => void): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe('the table of rights', () => {
  it('reads as the working agreement says', () => {
    expect(Object.fromEntries(roles.map((role) => [role, [...rightsOf(role)].sort()]))).toEqual({
      administrator: ['accounts.manage', 'audit.read', 'export', 'instruments.manage', 'places.import', 'risk.read', 'statistics.import'],
      coordinator: [
        'assess.write',
        'export',
        'figures.exact',
        'people.read',
        'people.write',
        'places.import',
        'risk.read',
        'statistics.import',
      ],
      district_officer: ['assess.write', 'export', 'figures.exact', 'people.read', 'people.write', 'risk.read'],
      analyst: ['export', 'risk.read'],
    });
  });

  it('an administrator runs the system and sees no record of a person', () => {
    for (const right of ['people.read', 'people.write', 'assess.write', 'figures.exact'] as const)
      expect(rightsOf('administrator')).not.toContain(right);
  });

  it('several posts never add up to more than any one of them, and an unknown role is worth nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...roles), { minLength: 1, maxLength: 5 }), (held) => {
        const got = rightsOfPosts(held);
        for (const role of held) for (const right of got) expect(rightsOf(role)).toContain(right);
        if (new Set(held).size === 1) expect([...got]).toEqual(rightsOf(held[0] ?? 'analyst'));
      }),
    );
    expect(rightsOfPosts([]).size).toBe(0);
    expect(rightsOfPosts(['coordinator', 'emperor']).size).toBe(0);
    expect(isRight('toString')).toBe(false);
    expect(rights.every(isRight)).toBe(true);
  });
});

describe('posts', () => {
  it('belong to one role an account, and to a fitting place', () => {
    const at = (
      role: (typeof roles)[number],
      placeId: string | null,
      level: number | null,
      held: { role: string; placeId: string | null }[] = [],
    ) => codeOf(() => checkNewPost(held, { role, placeId, level }));
    expect(at('coordinator', 'p', 1)).toBeNull();
    expect(at('coordinator', null, null)).toBeNull();
    expect(at('district_officer', 'p', 2)).toBeNull();
    expect(at('district_officer', 'p', 1)).toBe('bad-input');
    expect(at('district_officer', null, null)).toBe('bad-input');
    expect(at('administrator', 'p', 1)).toBe('bad-input');
    expect(at('coordinator', 'p', 1, [{ role: 'analyst', placeId: 'q' }])).toBe('bad-input');
    expect(at('analyst', 'p', 1, [{ role: 'analyst', placeId: 'q' }])).toBeNull();
    expect(at('analyst', 'p', 1, [{ role: 'analyst', placeId: 'p' }])).toBe('already-there');
  });
});

describe('passwords', () => {
  it('are long and thought of', () => {
    for (const weak of [
      '',
      'short',
      'password12',
      'Password!!',
      'qwertyuiop1',
      '0123456789',
      '9876543210',
      'abcdefghijk',
      'aaaaaaaaaaaa',
      'ababababab',
      'mali-mali-99',
      'waymark2026',
      'thailand2026',
      'letmein12345',
    ]) {
      expect([weak, codeOf(() => checkPassword(weak, 'mali'))]).toEqual([weak, 'weak-password']);
    }
    for (const good of ['three plain words', 'quiet-heron-lamp-7', 'กุหลาบแดงริมน้ำ', '8301947265', 'Tr0ub4dor&3x']) {
      expect([good, codeOf(() => checkPassword(good, 'mali'))]).toEqual([good, null]);
    }
  });

  it('that we make are always good enough and can be read aloud', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (numbers) => {
        const password = makePassword((below) => Number(numbers.next().value) % below);
        expect(password).toMatch(/^[2-9a-hj-km-np-z]{4}(-[2-9a-hj-km-np-z]{4}){3}$/);
      }),
    );
  });
});
