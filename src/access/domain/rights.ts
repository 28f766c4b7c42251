// SPDX-License-Identifier: AGPL-3.0-or-later

export const roles = ['administrator', 'coordinator', 'district_officer', 'analyst'] as const;
export type Role = (typeof roles)[number];

type Row = Readonly<Record<Role, boolean>>;

/**
 * Who may do what: the one table. The gate asks it on every request, and the database's row security is told its answer;
 * nowhere else does code ask for a role. A new right is a new row, a new role a new column: the compiler names what is missing.
 */
const table = {
  // Figures: indices, bands, distributions of places.
  'risk.read': { administrator: true, coordinator: true, district_officer: true, analyst: true },
  // Figures within one's area without the small-number rule.
  'figures.exact': { administrator: false, coordinator: true, district_officer: true, analyst: false },
  // Records of people, one by one.
  'people.read': { administrator: false, coordinator: true, district_officer: true, analyst: false },
  'people.write': { administrator: false, coordinator: true, district_officer: true, analyst: false },
  'assess.write': { administrator: false, coordinator: true, district_officer: true, analyst: false },
  // Reference data and statistics.
  'places.import': { administrator: true, coordinator: true, district_officer: false, analyst: false },
  'statistics.import': { administrator: true, coordinator: true, district_officer: false, analyst: false },
  'instruments.manage': { administrator: true, coordinator: false, district_officer: false, analyst: false },
  // The running of the system.
  'accounts.manage': { administrator: true, coordinator: false, district_officer: false, analyst: false },
  'audit.read': { administrator: true, coordinator: false, district_officer: false, analyst: false },
  // Taking what is on the screen away in a file.
  export: { administrator: true, coordinator: true, district_officer: true, analyst: true },
} as const satisfies Record<string, Row>;

export type Right = keyof typeof table;
export const rights = Object.keys(table) as readonly Right[];

export function isRole(word: string): word is Role {
  return (roles as readonly string[]).includes(word);
}

export function isRight(word: string): word is Right {
  return Object.hasOwn(table, word);
}

export function roleHas(role: Role, right: Right): boolean {
  return table[right][role];
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
