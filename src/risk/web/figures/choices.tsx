// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { ageGroups } from '../../../people/domain/age-group.ts';
import { dayHere } from '../../../platform/web/clock.ts';
import { named } from '../../../platform/web/format.ts';
import type { SetQuery } from '../../../platform/web/router.tsx';
import { Select } from '../../../platform/web/ui/field.tsx';
import type { Narrowed } from '../../domain/report.ts';
import { dateOptions } from '../controls.tsx';
import type { ListedInstrument } from '../view-data.ts';
import { ageWords, sexWords } from '../words.ts';
import type { Asked } from './asked.ts';

/** Of whom, in words; empty for everybody. */
export const narrowedWords = ({ sex, ageGroup }: Narrowed): string =>
  [sex === null ? '' : sex === 0 ? t`Sex not known` : sexWords(sex), ageGroup === null ? '' : ageWords(ageGroup)]
    .filter(Boolean)
    .join(', ');

const text = (value: number | null): string => (value === null ? '' : String(value));

interface Props {
  readonly asked: Asked;
  readonly set: SetQuery;
  /** Those that can be chosen here, and the one in use. */
  readonly instruments: readonly ListedInstrument[];
  readonly instrument: string | undefined;
  /** Which of the two the rows do not tell themselves. */
  readonly sexes: boolean;
  readonly ages: boolean;
}

/** By which instrument, of when and of whom: the selects of the map, in its words. */
export function Choices({ asked, set, instruments, instrument, sexes, ages }: Props) {
  return (
    <div class="figure-choices">
      {instruments.length > 1 && (
        <Select
          label={t`Scored with`}
          value={asked.instrument ?? instrument ?? ''}
          options={instruments.map(({ code, title }) => ({ value: code, label: named({ names: title }) }))}
          onChange={(code) =>
            // Who is counted by sex and age are people; places have neither.
            set({
              instrument: code,
              ...(instruments.find((each) => each.code === code)?.scores === 'person' ? {} : { sex: null, age: null }),
            })
          }
        />
      )}
      <Select
        label={t`As of`}
        value={asked.date ?? ''}
        options={dateOptions(dayHere(), asked.date)}
        onChange={(date) => set({ date: date || null })}
      />
      {sexes && (
        <Select
          label={t`Sex`}
          value={text(asked.sex)}
          options={[null, 2, 1, 0].map((sex) => ({ value: text(sex), label: sexWords(sex) }))}
          onChange={(sex) => set({ sex })}
        />
      )}
      {ages && (
        <Select
          label={t`Age`}
          value={text(asked.ageGroup)}
          options={[null, ...ageGroups.slice(1).map(({ group }) => group), 0].map((age) => ({ value: text(age), label: ageWords(age) }))}
          onChange={(age) => set({ age })}
        />
      )}
    </div>
  );
}

/** What the figures below are, on the screen and at the head of the printed sheet: read from the answer, not from what was asked. */
export function FiguresHeading({
  place,
  whom,
  facts,
}: {
  readonly place: Parameters<typeof named>[0];
  readonly whom: string;
  readonly facts: readonly string[];
}) {
  return (
    <header class="figures-heading">
      <h2>
        <bdi>{named(place)}</bdi>
        {whom && ` · ${whom}`}
      </h2>
      <p>{facts.filter(Boolean).join(' · ')}</p>
    </header>
  );
}
