// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { ageGroups } from '../../people/domain/age-group.ts';
import { count } from '../../platform/web/format.ts';
import type { SexAgeCell } from '../domain/profile.ts';
import { ageWords, coverWords, sexWords } from './words.ts';

const sexes = [2, 1, 0, null] as const;

function Cell({ cell, threshold }: { readonly cell: SexAgeCell | undefined; readonly threshold: number }) {
  if (!cell)
    return (
      <span class="soft" aria-label={t`nobody`}>
        –
      </span>
    );
  const { high, n } = cell.counts;
  if (n === null) return <span class="soft small">{coverWords(cell.cover, threshold)}</span>;
  if (n === 0) return <span class="soft">0</span>;
  return high === null ? (
    <>
      <span class="soft small">{t`not shown`}</span> <span class="soft small number">{t`of ${count(n)}`}</span>
    </>
  ) : (
    <>
      <span class="strong">{count(high)}</span> <span class="soft small number">{t`of ${count(n)}`}</span>
    </>
  );
}

/** Who is at high risk, by sex and age: each cell "so many of so many". */
export function SexAgeTable({ cells, threshold }: { readonly cells: readonly SexAgeCell[]; readonly threshold: number }) {
  const find = (sex: number | null, ageGroup: number | null) => cells.find((cell) => cell.sex === sex && cell.ageGroup === ageGroup);
  const columns = sexes.filter((sex) => sex === null || cells.some((cell) => cell.sex === sex && cell.counts.n !== 0));
  const rows = [...ageGroups.slice(1).map((each) => each.group as number | null), 0, null].filter(
    (group) => group === null || cells.some((cell) => cell.ageGroup === group && cell.counts.n !== 0),
  );
  const head = (sex: number | null) => (sex === null ? t`All` : sexWords(sex));
  return (
    <section class="stack" aria-labelledby="sex-age-title">
      <h2 id="sex-age-title">{t`Who is at high risk`}</h2>
      <div class="table-wrap table-scroll" role="region" aria-labelledby="sex-age-title" tabIndex={0}>
        <table class="table sex-age">
          <caption class="for-ears">{t`People at high risk, of all assessed, by sex and age`}</caption>
          <thead>
            <tr>
              <th scope="col">{t`Age`}</th>
              {columns.map((sex) => (
                <th key={String(sex)} scope="col" class="to-end">
                  {head(sex)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((group) => (
              <tr key={String(group)}>
                <th scope="row">{ageWords(group)}</th>
                {columns.map((sex) => (
                  <td key={String(sex)} class="to-end">
                    <Cell cell={find(sex, group)} threshold={threshold} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
