// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { named } from '../../platform/web/format.ts';
import type { NamedPlace } from '../../platform/web/session.ts';
import { opensArea, type Role } from '../domain/roles.ts';

const names: Readonly<Record<Role, () => string>> = {
  administrator: () => t`Administrator`,
  coordinator: () => t`Provincial coordinator`,
  district_officer: () => t`District officer`,
  analyst: () => t`Analyst`,
  data_protection_officer: () => t`Data protection officer`,
  watch_volunteer: () => t`Watch volunteer`,
  case_worker: () => t`Case worker`,
  partner_provider: () => t`Partner provider`,
  law_enforcement: () => t`Law enforcement`,
  labour_inspector: () => t`Labour inspector`,
  hotline_operator: () => t`Hotline operator`,
  programme_manager: () => t`Programme manager`,
  person: () => t`The person`,
};

const does: Readonly<Record<Role, () => string>> = {
  administrator: () => t`Runs the system: accounts, imports, records of use. Sees figures, no person.`,
  coordinator: () => t`Decides where to act in a province; loads places and statistics.`,
  district_officer: () => t`Works with the people of one district.`,
  analyst: () => t`Studies figures; never sees a person, and no count below eleven.`,
  data_protection_officer: () => t`Watches over consents, readings of names and how long records are kept. Sees no names and no case.`,
  watch_volunteer: () => t`Visits the households of one village and asks how they are.`,
  case_worker: () => t`Accompanies the people assigned to them, and sees nobody else.`,
  partner_provider: () => t`Helps the people referred to its organisation, as far as they consent.`,
  law_enforcement: () => t`Follows alerts and proceedings in its area; never sees what assistance somebody gets.`,
  labour_inspector: () => t`Visits workplaces in its area.`,
  hotline_operator: () => t`Takes calls and passes them on to who can act.`,
  programme_manager: () => t`Plans and measures programmes with figures; sees no person.`,
  person: () => t`Reads the own record, has it corrected, consents and withdraws.`,
};

/** The roles that an account can be given, by what they are about. Of the person herself an account is made on the page about her. */
export const roleGroups: readonly { readonly title: () => string; readonly roles: readonly Role[] }[] = [
  { title: () => t`Keep the system in order`, roles: ['administrator', 'data_protection_officer'] },
  { title: () => t`Work with people of an area`, roles: ['coordinator', 'district_officer', 'watch_volunteer', 'hotline_operator'] },
  { title: () => t`Accompany people, in an organisation`, roles: ['case_worker', 'partner_provider'] },
  { title: () => t`Protect and inspect`, roles: ['law_enforcement', 'labour_inspector'] },
  { title: () => t`Work with figures`, roles: ['analyst', 'programme_manager'] },
];

export function roleName(role: string): string {
  return names[role as Role]?.() ?? role;
}

interface Held {
  readonly role: string;
  readonly place: NamedPlace | null;
  readonly organisation?: { readonly name: string } | null;
}

/** Where a post holds: its area, its organisation, both, or everywhere. */
export function postReach({ role, place, organisation }: Held, everywhere: string): string {
  const places = place ? named(place) : opensArea(role) ? everywhere : '';
  return [organisation?.name ?? '', places].filter(Boolean).join(', ');
}

/** One sentence on what the role is for. */
export function roleDoes(role: string): string {
  return does[role as Role]?.() ?? '';
}
