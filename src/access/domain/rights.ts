// SPDX-License-Identifier: AGPL-3.0-or-later
import { isRole, type Role } from './roles.ts';

/** Where a right holds: `area` and `installation` as the role's posts reach, `assigned` and `own` person by person. */
export type Where = 'area' | 'assigned' | 'own' | 'installation';

interface Row {
  readonly where: Where;
  /** One sentence for the handbook (docs/handbook/rights.md is made from this table). */
  readonly says: string;
  readonly roles: readonly Role[];
}

/**
 * Who may do what: the one table. The gate asks it on every request, and the database's row security is told its answer;
 * nowhere else does code ask for a role. A new right is a new row; a role that no row names may do nothing.
 */
const table = {
  // Figures.
  'risk.read': {
    where: 'area',
    says: 'Read figures: indices, bands, distributions of places; of others, countries, provinces and districts only.',
    roles: ['administrator', 'coordinator', 'district_officer', 'analyst', 'programme_manager'],
  },
  'figures.exact': {
    where: 'area',
    says: 'Read figures of the own area without the small-number rule.',
    roles: ['coordinator', 'district_officer'],
  },
  // People, one by one.
  'people.read': {
    where: 'area',
    says: 'Read records of people and households: where, how old, how they stand.',
    roles: ['coordinator', 'district_officer', 'watch_volunteer'],
  },
  'people.write': {
    where: 'area',
    says: 'Register people and households, move them, correct them.',
    roles: ['coordinator', 'district_officer', 'watch_volunteer'],
  },
  'identity.read': {
    where: 'area',
    says: 'Read names, telephone numbers and documents. Each reading is recorded.',
    roles: ['coordinator', 'district_officer', 'watch_volunteer'],
  },
  'assigned.read': {
    where: 'assigned',
    says: 'Read the records, with names, of people in one’s care.',
    roles: ['case_worker', 'partner_provider'],
  },
  'referred.read': {
    where: 'assigned',
    says: 'Be in charge of whoever was referred to the own organisation, as far as she consents.',
    roles: ['partner_provider'],
  },
  'own.read': { where: 'own', says: 'Read the own record, consents and decisions.', roles: ['person'] },
  'own.speak': { where: 'own', says: 'Take back what one agreed to; end the own account.', roles: ['person'] },
  // Whoever sits down with her, and nobody by area: only who accompanies a person can ask her alone who else holds her phone.
  'own.invite': {
    where: 'assigned',
    says: 'Give a person in one’s care an account for the own record, a new way into it, and end it.',
    roles: ['case_worker'],
  },
  'protected.read': {
    where: 'assigned',
    says: 'Read protected answers of people assigned to one, or of oneself.',
    roles: ['case_worker', 'person'],
  },
  'assess.write': {
    where: 'area',
    says: 'Record answers about people, households and places.',
    roles: ['coordinator', 'district_officer', 'watch_volunteer', 'case_worker'],
  },
  'consent.write': {
    where: 'area',
    says: 'Record what people consent to, refuse and withdraw.',
    roles: ['coordinator', 'district_officer', 'watch_volunteer', 'case_worker'],
  },
  'consent.read': {
    where: 'installation',
    says: 'Read all consents, by record number, without names.',
    roles: ['data_protection_officer'],
  },
  'people.merge': {
    where: 'area',
    says: 'Decide whether two records are one person, and take that back.',
    roles: ['coordinator', 'district_officer'],
  },
  'people.import': { where: 'area', says: 'Import people and answers from files.', roles: ['coordinator'] },
  'people.assign': {
    where: 'area',
    says: 'Assign people to case workers, refer them to organisations as far as they consent.',
    roles: ['coordinator', 'district_officer'],
  },
  // What is owed to the people recorded.
  'erasure.ask': {
    where: 'area',
    says: "Pass on a person's wish to be erased, her objection or her complaint.",
    roles: ['coordinator', 'district_officer', 'watch_volunteer', 'case_worker', 'person'],
  },
  'erasure.order': {
    where: 'installation',
    says: 'Order or refuse an erasure, decide about objections and complaints.',
    roles: ['data_protection_officer'],
  },
  'retention.hold': { where: 'installation', says: 'Set how long records are kept, and legal holds.', roles: ['data_protection_officer'] },
  'basis.manage': {
    where: 'installation',
    says: 'State on which lawful basis people are recorded.',
    roles: ['data_protection_officer'],
  },
  // Reference data and statistics.
  'places.import': { where: 'area', says: 'Import places and boundaries.', roles: ['administrator', 'coordinator'] },
  'statistics.import': { where: 'area', says: 'Import statistics of places.', roles: ['administrator', 'coordinator'] },
  'instruments.manage': { where: 'installation', says: 'Publish instruments.', roles: ['administrator'] },
  // The running of the system.
  'settings.manage': {
    where: 'installation',
    says: 'Change what the installation does, such as whether it keeps people at all.',
    roles: ['administrator'],
  },
  'accounts.manage': {
    where: 'installation',
    says: 'Make, change and disable accounts, organisations and posts.',
    roles: ['administrator'],
  },
  'accounts.invite': {
    where: 'area',
    says: 'Invite watch volunteers of the own area, and give them a new way in when they lost theirs.',
    roles: ['coordinator', 'district_officer'],
  },
  'audit.read': {
    where: 'installation',
    says: 'Read the record of use, down to the district and without the people it is about.',
    roles: ['administrator', 'data_protection_officer'],
  },
  'audit.read-whole': {
    where: 'installation',
    says: 'Read the whole record of use: who looked at whom, by record number.',
    roles: ['data_protection_officer'],
  },
  export: {
    where: 'area',
    says: 'Take what is on the screen away in a file.',
    roles: ['administrator', 'coordinator', 'district_officer', 'analyst', 'programme_manager'],
  },
} as const satisfies Record<string, Row>;

export type Right = keyof typeof table;
export const rights = Object.keys(table) as readonly Right[];

export function isRight(word: string): word is Right {
  return Object.hasOwn(table, word);
}

/** The table's row, for pages that explain it. */
export function rightRow(right: Right): Row {
  return table[right];
}

export function roleHas(role: Role, right: Right): boolean {
  return (table[right].roles as readonly Role[]).includes(role);
}

/** Who holds a right, in the order in which roles are offered. */
export function rolesWith(right: Right): readonly Role[] {
  return table[right].roles;
}

/** Whether an installation needs somebody in this role who can act: nobody else could ever let anybody in. */
export function isKeeper(role: string): boolean {
  return isRole(role) && roleHas(role, 'accounts.manage');
}

/** Whether people are put into the care of its holders one by one, so that they go along when a post is handed over; others have them by their organisation. */
export function isAssignedPeople(role: string): boolean {
  return isRole(role) && roleHas(role, 'assigned.read') && !roleHas(role, 'referred.read');
}

export function rightsOf(role: Role): readonly Right[] {
  return rights.filter((right) => roleHas(role, right));
}

/**
 * What somebody may do who holds these posts: only what every one of the roles allows. Rights and areas travel separately to the
 * database, so a union would let an analyst of one province who is officer in another read people in both. Accounts hold one
 * role (posts.ts); this keeps even a wrong row in the table on the safe side.
 */
export function rightsOfPosts(held: readonly string[]): ReadonlySet<Right> {
  if (held.length === 0) return new Set();
  const known = held.filter(isRole);
  if (known.length !== held.length) return new Set();
  return new Set(rights.filter((right) => known.every((role) => roleHas(role, right))));
}
