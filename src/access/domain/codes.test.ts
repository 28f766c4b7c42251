// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayIssue, plainCode, type Issuer, type Receiver } from './codes.ts';
import { makePassword } from './password.ts';
import { rightsOf } from './rights.ts';
import { roles, type Role } from './roles.ts';

const issuer = (role: Role, scopes: readonly string[] = ['1.4']): Issuer => ({
  accountId: 'issuer',
  rights: new Set(rightsOf(role)),
  scopes,
});
const volunteer = (...paths: string[]): Receiver => ({
  accountId: 'orn',
  posts: paths.map((path) => ({ role: 'watch_volunteer', path })),
});

describe('who may give whom a way in', () => {
  it('an administrator everybody but herself, and nobody the way to the own record of a person', () => {
    for (const role of roles)
      expect(mayIssue(issuer('administrator'), { accountId: 'other', posts: [{ role, path: null }] })).toBe(role !== 'person');
    expect(mayIssue(issuer('administrator'), { accountId: 'issuer', posts: [{ role: 'administrator', path: null }] })).toBe(false);
  });

  it('an officer the volunteers whose every village lies in her area', () => {
    for (const role of ['coordinator', 'district_officer'] as const) {
      expect(mayIssue(issuer(role), volunteer('1.4.7'))).toBe(true);
      expect(mayIssue(issuer(role), volunteer('1.4.7', '1.4.9'))).toBe(true);
      expect(mayIssue(issuer(role), volunteer('1.4.7', '1.5.1'))).toBe(false);
      expect(mayIssue(issuer(role), volunteer('1.40.1'))).toBe(false);
      expect(mayIssue(issuer(role), volunteer())).toBe(false);
    }
  });

  const path = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const post = fc.record({ role: fc.constantFrom(...roles), path: fc.option(path, { nil: null }) });

  it('nobody without one of the two rights, and no officer for anybody of a rank of her own or with a post elsewhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...roles), fc.array(path, { maxLength: 3 }), fc.array(post, { maxLength: 3 }), (role, scopes, posts) => {
        const may = mayIssue(issuer(role, scopes), { accountId: 'other', posts });
        if (role === 'administrator') return may === posts.every((each) => each.role !== 'person');
        if (role !== 'coordinator' && role !== 'district_officer') return !may;
        const inside = posts.every(
          (each) =>
            each.role === 'watch_volunteer' && each.path !== null && scopes.some((scope) => `${each.path}.`.startsWith(`${scope}.`)),
        );
        return may === (posts.length > 0 && inside);
      }),
    );
  });

  it('one post more never opens a way that was shut', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 3 }), fc.array(post, { minLength: 1, maxLength: 3 }), post, (scopes, posts, more) => {
        const by = issuer('district_officer', scopes);
        const before = mayIssue(by, { accountId: 'other', posts });
        return before || !mayIssue(by, { accountId: 'other', posts: [...posts, more] });
      }),
    );
  });
});

describe('a code read from paper', () => {
  it('is the same in capitals, with spaces, and with whatever hyphen the keyboard has', () => {
    const code = makePassword((below) => below - 1);
    for (const typed of [code.toUpperCase(), code.replaceAll('-', ' '), code.replaceAll('-', '–'), ` ${code}\n`, code.replaceAll('-', '')])
      expect(plainCode(typed)).toBe(plainCode(code));
    expect(plainCode('มะลิ')).toBe('');
  });
});
