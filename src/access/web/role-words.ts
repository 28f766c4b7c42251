// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { Role } from '../domain/rights.ts';

const names: Readonly<Record<Role, () => string>> = {
  administrator: () => t`Administrator`,
  coordinator: () => t`Provincial coordinator`,
  district_officer: () => t`District officer`,
  analyst: () => t`Analyst`,
};

const does: Readonly<Record<Role, () => string>> = {
  administrator: () => t`Runs the system: accounts, imports, records of use. Sees figures, no person.`,
  coordinator: () => t`Decides where to act in a province; loads places and statistics.`,
  district_officer: () => t`Works with the people of one district.`,
  analyst: () => t`Studies figures; never sees a person, and no count below eleven.`,
};

export const roleOrder: readonly Role[] = ['administrator', 'coordinator', 'district_officer', 'analyst'];

export function roleName(role: string): string {
  return names[role as Role]?.() ?? role;
}

/** One sentence on what the role is for. */
export function roleDoes(role: string): string {
  return does[role as Role]?.() ?? '';
}
