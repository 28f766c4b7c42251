// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { named } from '../../../platform/web/format.ts';
import type { OrganisationKind } from '../../domain/organisation-kinds.ts';
import type { Organisation } from '../../domain/organisation.ts';

export const listOrganisations = async (signal: AbortSignal): Promise<Organisation[]> =>
  (await api.get<{ rows: Organisation[] }>('/organisations', undefined, { signal })).rows;

const kinds: Readonly<Record<OrganisationKind, () => string>> = {
  authority: () => t`Public authority`,
  ngo: () => t`Non-governmental organisation`,
  community: () => t`Community group`,
  international: () => t`International organisation`,
  provider: () => t`Provider of services`,
  other: () => t`Other`,
};

export const kindWord = (kind: OrganisationKind): string => kinds[kind]();

const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those whose name, kind or place holds every word typed. */
export function findOrganisations(rows: readonly Organisation[], text: string): Organisation[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return rows.filter(({ name, kind, place }) => {
    const all = folded([name, kindWord(kind), place ? named(place) : '', place?.code ?? ''].join(' '));
    return words.every((word) => all.includes(word));
  });
}
