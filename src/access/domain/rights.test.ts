// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../platform/domain/problem.ts';
import { checkPassword, makePassword } from './password.ts';
import { checkNewPost } from './posts.ts';
import { rightsPage } from './rights-page.ts';
import { isAssignedPeople, isKeeper, isRight, rights, rightsOf, rightsOfPosts, rolesWith } from './rights.ts';
import { roles } from './roles.ts';

const codeOf = (act: () => void): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe('what follows from rights', () => {
  it('who keeps the accounts, and with whom people go along one by one', () => {
    expect([...roles, 'nobody', ''].filter(isKeeper)).toEqual(['administrator']);
    expect(rolesWith('accounts.manage')).toEqual(['administrator']);
    expect([...roles, 'nobody', ''].filter(isAssignedPeople)).toEqual(['case_worker']);
  });
});

describe('the table of rights', () => {
  it('reads as the working agreement says', () => {
    expect(Object.fromEntries(roles.map((role) => [role, [...rightsOf(role)].sort().join(' ')]))).toEqual({
      administrator: 'accounts.manage audit.read export instruments.manage places.import risk.read settings.manage statistics.import',
      data_protection_officer: 'audit.read audit.read-whole basis.manage consent.read erasure.order retention.hold',
      coordinator:
        'accounts.invite assess.write consent.write erasure.ask export figures.exact identity.read people.assign people.import people.merge people.read people.write places.import risk.read statistics.import',
      district_officer:
        'accounts.invite assess.write consent.write erasure.ask export figures.exact identity.read people.assign people.merge people.read people.write risk.read',
      watch_volunteer: 'assess.write consent.write erasure.ask identity.read people.read people.write',
      case_worker: 'assess.write assigned.read consent.write erasure.ask own.invite protected.read',
      partner_provider: 'assigned.read referred.read',
      law_enforcement: '',
      labour_inspector: '',
      hotline_operator: '',
      analyst: 'export risk.read',
      programme_manager: 'export risk.read',
      person: 'erasure.ask own.read own.speak protected.read',
    });
  });

  it('is what the handbook says', () => {
    expect(readFileSync(resolve(import.meta.dirname, '../../../docs/handbook/rights.md'), 'utf8'), 'run: node scripts/rights-page.ts').toBe(
      rightsPage(),
    );
  });

  it('an administrator runs the system and sees no record of a person', () => {
    for (const right of [
      'people.read',
      'people.write',
      'identity.read',
      'assigned.read',
      'protected.read',
      'assess.write',
      'figures.exact',
    ] as const)
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
    expect(at('data_protection_officer', 'p', 1)).toBe('bad-input');
    expect(at('watch_volunteer', 'p', 2)).toBe('bad-input');
    expect(at('watch_volunteer', 'p', 3)).toBeNull();
    expect(at('law_enforcement', 'p', 0)).toBe('bad-input');
    expect(at('case_worker', null, null)).toBe('bad-input');
    expect(codeOf(() => checkNewPost([], { role: 'case_worker', placeId: null, level: null, organisationId: 'o' }))).toBeNull();
    expect(at('person', 'p', 3)).toBe('bad-input');
    expect(at('person', null, null)).toBe('bad-input');
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
