// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roles } from '../../src/access/domain/roles.ts';

/**
 * Rights are stated once, in the one table (src/access/domain/rights.ts): nowhere else may code ask for a role by its name. A file that
 * has to speak of roles stands here with the reason; a decision belongs into the table, and into no list of excuses.
 */
const root = resolve(import.meta.dirname, '../..');

const excused: Readonly<Record<string, string>> = {
  'src/access/domain/rights.ts': 'the table itself',
  'src/access/domain/roles.ts': 'the list of roles, how far each reaches, who founds an installation and who is invited',
  'src/access/domain/user-import.ts': 'how people write a role in a file of accounts',
  'src/access/domain/password.ts': 'words that are no passwords',
  'src/access/web/role-words.ts': 'what roles are called, and in which order a list offers them',
  'src/people/web/requests-words.ts': 'what roles are called',
  'src/people/web/own/own-looked-page.tsx': 'what a role is called: you yourself',
  'src/risk/web/people/answer-words.ts': 'what roles are called',
  'src/people/domain/person-record.ts': 'kinds of assignment, of which one is named as the role it is to',
  'src/people/server/queries-assign.ts': 'kinds of assignment',
  'src/people/server/queries-register.ts': 'kinds of assignment',
  'src/people/server/routes-consent.ts': 'kinds of assignment',
  'src/people/web/person-care.tsx': 'kinds of assignment',
  'src/people/web/ended-care.tsx': 'kinds of assignment',
  'demo/accounts.ts': 'whom the demo has',
  'demo/seed.ts': 'as whom the demo is made',
  'demo/seed-consents.ts': 'kinds of assignment',
};

/** The same in functions, triggers and rules of the database, which knows rights of whoever asks and nobody else's. */
const excusedInDatabase: Readonly<Record<string, string>> = {
  'waymark.post post_role_check': 'the list of roles',
  'waymark.case_workers': 'to whom people may be assigned; whoever asks needs people.assign',
  'waymark.hand_over_assignments': 'people go along from one case worker to another; whoever asks needs accounts.manage',
  'waymark.invite_volunteer': 'whoever invites (accounts.invite) invites into this role',
  'waymark.may_invite': 'whom officers invited: of whom accounts.invite speaks',
  'waymark.volunteers_of_mine': 'as may_invite',
  'waymark.void_codes_of_officers': 'as may_invite: what officers gave is void once somebody is more than that',
  'waymark.set_volunteer_disabled': 'as may_invite; and what an administrator has shut no officer opens',
  'waymark.is_own_account': 'whether an account is the way to the own record of a person',
  'waymark.destroy_people': 'as is_own_account: such an account goes with the record',
  own_account: 'as is_own_account: such an account is shut with its post',
  own_accounts_of_worker: 'the accounts that a case worker gave are shut when she goes',
  not_the_person: 'as is_own_account: no post of that kind is given by hand',
};

const plain = (code: string): string => code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{(])\/\/.*$/gm, '$1');
const others = roles.filter((role) => role !== 'person').join('|');
/** Its name in quotes; of `person`, which is also what an assessment may be about, only where it is compared with a role or given as one. */
const named = new RegExp(`(['"\`])(?:${others})\\1|\\brole\\w*\\)?\\s*(?:[!=]==?|:|=)\\s*(['"\`])person\\2`);
const speaksOfRoles = (code: string): boolean => named.test(plain(code));

describe('names of roles', () => {
  it('stand where roles are listed and named for people, and nowhere else', () => {
    const files = ['src', 'demo'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
        .map((path) => join(folder, path)),
    );
    expect(files.length).toBeGreaterThan(300);
    const found = files.filter((path) => speaksOfRoles(readFileSync(join(root, path), 'utf8')));
    expect(found.filter((path) => excused[path] === undefined).toSorted()).toEqual([]);
    expect(
      Object.keys(excused).filter((path) => !found.includes(path)),
      'excuses nobody needs',
    ).toEqual([]);
  });

  it('are found where they are planted', () => {
    expect(speaksOfRoles("if (actor.roles.includes('case_worker')) return true;")).toBe(true);
    expect(speaksOfRoles('const may = post.role === "administrator";')).toBe(true);
    expect(speaksOfRoles("if (role === 'person') return;")).toBe(true);
    expect(speaksOfRoles("const post = { role: 'person' };")).toBe(true);
    expect(speaksOfRoles("// whoever is 'administrator'\n/* or 'analyst' */ const subjectKind = 'person';")).toBe(false);
    expect(speaksOfRoles("if (isKeeper(role) && kind === 'person') return;")).toBe(false);
  });

  it('in the database stand where something is about accounts of that role, with the reason', () => {
    const text = readFileSync(join(root, 'db/schema.sql'), 'utf8').replace(/--.*$/gm, '');
    // A piece for each function, and one for each line that is a rule by itself.
    const pieces = text.split(/(?=^CREATE OR REPLACE FUNCTION |^CREATE TRIGGER |^constraint on |^policy )/m);
    // Two are words for something else too, a kind of assignment and a subject of answers: those only beside the word role.
    const alone = roles.filter((role) => role !== 'person' && role !== 'case_worker');
    const asks = new RegExp(`\\brole\\b[^\\n]{0,20}'(?:person|case_worker)'|'(?:${alone.join('|')})'`);
    const found = pieces
      .filter((piece) => asks.test(piece))
      .map(
        (piece) =>
          /^(?:CREATE OR REPLACE FUNCTION|CREATE TRIGGER|constraint on|policy)\s+(\S+?)(?=\(|\s)(?:\s+(?=\w+_check)(\S+))?/
            .exec(piece)
            ?.slice(1)
            .filter(Boolean)
            .join(' ') ?? piece.slice(0, 80),
      );
    expect(pieces.length).toBeGreaterThan(300);
    expect(found.filter((name) => excusedInDatabase[name] === undefined)).toEqual([]);
    expect(
      Object.keys(excusedInDatabase).filter((name) => !found.includes(name)),
      'excuses nobody needs',
    ).toEqual([]);
  });
});
