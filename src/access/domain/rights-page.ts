// SPDX-License-Identifier: AGPL-3.0-or-later
import { rightRow, rights, roleHas, type Where } from './rights.ts';
import { asksSecondFactor, largestAreaOf, reachOf, roles, type Role } from './roles.ts';

const places: Readonly<Record<Where, string>> = {
  area: 'in the own area',
  assigned: 'for people assigned or referred',
  own: 'for oneself',
  installation: 'everywhere',
};

function reachWords(role: Role): string {
  switch (reachOf(role)) {
    case 'installation':
      return 'the whole installation';
    case 'organisation':
      return 'people assigned to the account, or referred to its organisation';
    case 'self':
      return 'the own record';
    case 'area': {
      const largest = largestAreaOf(role);
      if (largest === null) return 'an area, or the whole installation';
      return (
        ['a country or a smaller area', 'a province or a smaller area', 'a district or a smaller area', 'a village'][largest] ?? 'an area'
      );
    }
  }
}

const plain = (role: Role) => role.replaceAll('_', ' ');

/** docs/handbook/rights.md: the table of rights for people. `node scripts/rights-page.ts` writes it; a test holds it to the table. */
export function rightsPage(): string {
  const reach = roles.map((role) => `| ${plain(role)} | ${reachWords(role)} | ${asksSecondFactor(role) ? 'yes' : 'no'} |`);
  const rows = rights.map((right) => {
    const { says, where } = rightRow(right);
    const who = roles.filter((role) => roleHas(role, right)).map(plain);
    return `| \`${right}\` | ${says} | ${places[where]} | ${who.join(', ')} |`;
  });
  return [
    '# Who may do what',
    '',
    'Made from the one table that the program itself asks (`src/access/domain/rights.ts`). An account holds one role; somebody with two jobs has two accounts.',
    'What a role is not named for, it may not do. The database asks the same questions a second time.',
    '',
    '| Role | Reaches | Second proof at sign-in |',
    '|---|---|---|',
    ...reach,
    '',
    '| Right | What it allows | Where | Who |',
    '|---|---|---|---|',
    ...rows,
    '',
    'Law enforcement, labour inspectors and hotline operators sign in and see reference data until the rooms of alerts and workplaces are there.',
    '',
  ].join('\n');
}
