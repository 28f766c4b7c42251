// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { monthNames, year } from '../../../platform/web/format.ts';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import { readBirth, type BirthAsTold, type WrongBirth } from '../../domain/birth-as-told.ts';
import { bornWords } from '../words.ts';
import { todayHere } from './draft.ts';

const wrongWords: Readonly<Record<WrongBirth, () => string>> = {
  year: () => t`Write the year with four digits`,
  month: () => t`There is no such month`,
  day: () => t`There is no such day in that month`,
  age: () => t`Write the age in full years`,
  'to-come': () => t`This day is still to come`,
  'too-long-ago': () => t`Nobody is that old; check the year`,
};

/** What is wrong with a birth as it stands, in words. */
export function birthError(birth: BirthAsTold): string | undefined {
  const read = readBirth(birth, todayHere());
  return 'wrong' in read ? wrongWords[read.wrong]() : undefined;
}

const months = (): { value: string; label: string }[] => monthNames().map((label, i) => ({ value: String(i + 1), label }));

interface Props {
  readonly value: BirthAsTold;
  readonly onChange: (value: BirthAsTold) => void;
  readonly error?: string | undefined;
}

/** A birth date as far as it is known, or only an age. Both eras are understood; what was understood is said below. */
export function BirthFields({ value, onChange, error }: Props) {
  const [known, setKnown] = useState<'date' | 'age'>(value.age ? 'age' : 'date');
  const read = readBirth(value, todayHere());
  const example = year(todayHere());
  const choose = (next: 'date' | 'age') => {
    setKnown(next);
    onChange({ day: '', month: '', year: '', age: '' });
  };
  return (
    <div class={error ? 'stack-tight field-wrong' : 'stack-tight'}>
      <Segmented
        label={t`Birth`}
        value={known}
        onChange={choose}
        options={[
          { value: 'date', label: t`Date or year` },
          { value: 'age', label: t`Only the age` },
        ]}
      />
      {error && <p class="field-error">{error}</p>}
      {known === 'age' ? (
        <TextField label={t`Age in full years`} value={value.age} onInput={(age) => onChange({ ...value, age })} maxLength={3} exact />
      ) : (
        <div class="birth-row">
          <TextField label={t`Day`} value={value.day} onInput={(day) => onChange({ ...value, day })} maxLength={2} exact />
          <Select
            label={t`Month`}
            value={value.month}
            options={[{ value: '', label: t`not known` }, ...months()]}
            onChange={(month) => onChange({ ...value, month })}
          />
          <TextField label={t`Year`} value={value.year} onInput={(typed) => onChange({ ...value, year: typed })} maxLength={4} exact />
        </div>
      )}
      <p class="soft small" role="status">
        {'bornOn' in read && read.bornOn !== null
          ? bornWords(read.bornOn, read.bornPrecision)
          : known === 'date'
            ? t`Leave out what is not known. The year may be of either calendar; this year is ${example}.`
            : ''}
      </p>
    </div>
  );
}
