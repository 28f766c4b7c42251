// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * How far a role reaches. `installation`: all of it, as those who run or oversee it must. `area`: the places of its posts and
 * all below. `organisation`: nobody by place; only whoever is assigned to the account or referred to its organisation.
 * `self`: the one record that is the holder's own.
 */
export type Reach = 'installation' | 'area' | 'organisation' | 'self';

interface RoleKind {
  readonly reach: Reach;
  /** Of an area: the largest area a post may name, 0 for a country; null: a post may also go without one and reach everything. */
  readonly largest?: number | null;
  /** Whoever signs in with it proves it twice: password and a code or key. */
  readonly secondFactor: boolean;
}

/** The roles of the field (DOMAIN.md, "Who uses it"), in the order in which they are offered. */
const kinds = {
  administrator: { reach: 'installation', secondFactor: true },
  data_protection_officer: { reach: 'installation', secondFactor: true },
  coordinator: { reach: 'area', largest: null, secondFactor: true },
  district_officer: { reach: 'area', largest: 2, secondFactor: false },
  watch_volunteer: { reach: 'area', largest: 3, secondFactor: false },
  case_worker: { reach: 'organisation', secondFactor: true },
  partner_provider: { reach: 'organisation', secondFactor: true },
  law_enforcement: { reach: 'area', largest: 1, secondFactor: true },
  labour_inspector: { reach: 'area', largest: 1, secondFactor: true },
  hotline_operator: { reach: 'area', largest: null, secondFactor: false },
  analyst: { reach: 'area', largest: null, secondFactor: false },
  programme_manager: { reach: 'area', largest: null, secondFactor: false },
  person: { reach: 'self', secondFactor: false },
} as const satisfies Record<string, RoleKind>;

export type Role = keyof typeof kinds;
export const roles = Object.keys(kinds) as readonly Role[];

/** The role of whoever sets an installation up, and of the command line of its machine. */
export const foundingRole: Role = 'administrator';
/** The role that whoever has `accounts.invite` invites into; the database asks the same (waymark.invite_volunteer, waymark.may_invite). */
export const invitedRole = 'watch_volunteer' satisfies Role;

export function isRole(word: string): word is Role {
  return Object.hasOwn(kinds, word);
}

export function reachOf(role: Role): Reach {
  return kinds[role].reach;
}

/** The level of the largest area a post of this role may name (0 is a country); null where a post may reach the whole installation. */
export function largestAreaOf(role: Role): number | null {
  const kind: RoleKind = kinds[role];
  return kind.largest ?? null;
}

/** Whether an installation asks for a second proof from everybody with this role unless it says otherwise. */
export function asksSecondFactor(role: Role): boolean {
  return kinds[role].secondFactor;
}

/** Whether places of posts open anything: for a case worker's office or a person's home they do not. */
export function opensArea(role: string): boolean {
  return isRole(role) && (kinds[role].reach === 'area' || kinds[role].reach === 'installation');
}
