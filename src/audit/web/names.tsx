// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { may } from '../../platform/web/session.ts';
import type { ReadersAnswer } from '../domain/identity-read.ts';

/** Names of accounts, for those who may see them; the record itself holds ids only. */
export type Names = ReadonlyMap<string, string>;

export async function loadNames(signal: AbortSignal): Promise<Names> {
  if (may('audit.read-whole')) {
    const { rows } = await api.get<ReadersAnswer>('/audit/readers', undefined, { signal });
    return new Map(rows.filter(({ displayName }) => displayName !== '').map((each) => [each.accountId, each.displayName]));
  }
  if (!may('accounts.manage')) return new Map();
  const { rows } = await api.get<{ rows: { accountId: string; displayName: string }[] }>('/accounts', undefined, { signal });
  return new Map(rows.map((each) => [each.accountId, each.displayName]));
}

/** Whoever acts without an account (README.md). */
const withoutAccount: Readonly<Record<string, () => string>> = {
  'command-line': () => t`Command line of the server`,
  'set-up': () => t`Set-up`,
  system: () => t`Waymark itself`,
  retention: () => t`Waymark, by a rule on how long records are kept`,
  start: () => t`Waymark, when it started`,
  restore: () => t`Waymark, after a restore`,
  nobody: () => t`Nobody signed in`,
};

/** A name where one is known; else the end of the id, which is what tells two apart. The whole stands in the tooltip. */
export function Id({ id, names }: { readonly id: string; readonly names?: Names }) {
  const name = names?.get(id) ?? withoutAccount[id]?.();
  if (name)
    return (
      <span title={id}>
        <bdi>{name}</bdi>
      </span>
    );
  return (
    <code class="small nowrap" title={id}>
      {id.length > 20 ? `…${id.slice(-8)}` : id}
    </code>
  );
}

/** For choosing one of them: by name, in the order of the reader's language. */
export function nameOptions(names: Names): { value: string; label: string }[] {
  return [...names].map(([value, label]) => ({ value, label })).sort((one, other) => one.label.localeCompare(other.label));
}
