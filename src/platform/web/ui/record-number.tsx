// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { lastGroupOf, recordNumber } from '../../domain/record-number.ts';
import { useQuery } from '../router.tsx';
import { TextField } from './field.tsx';

/** A record as people say it; the whole id stands in the tooltip. */
export const RecordNumber = ({ id }: { readonly id: string }) => (
  <bdi class="record-number" title={id}>
    {recordNumber(id)}
  </bdi>
);

/** Whether something typed, or standing in an address, is a record number or a whole id. */
export const isRecordNumber = (typed: string): boolean => lastGroupOf(typed) !== null;

/** What was asked for, as people say it. */
export function saidNumber(typed: string): string {
  const group = lastGroupOf(typed);
  return group === null ? typed : recordNumber(group);
}

/** Asks a page for one record by what somebody said aloud. It goes into the address once it can be a number. */
export function RecordNumberField({ param }: { readonly param: string }) {
  const [query, setQuery] = useQuery();
  const [typed, setTyped] = useState<string | null>(null);
  const asked = query.get(param) ?? '';
  useEffect(() => setTyped(null), [asked]);
  const value = typed ?? saidNumber(asked);
  const wrong = value.replace(/[\s-]/g, '').length >= 10 && !isRecordNumber(value);
  return (
    <TextField
      label={t`Record number`}
      value={value}
      exact
      error={wrong ? t`This is no record number. One has ten letters and figures, such as 7K2M-9QXA-4T.` : undefined}
      onInput={(text) => {
        setTyped(text);
        if (text.trim() === '') setQuery({ [param]: null }, { replace: true });
        else if (isRecordNumber(text)) {
          setTyped(null);
          setQuery({ [param]: text.length > 30 ? text.trim().toLowerCase() : saidNumber(text) }, { replace: true });
        }
      }}
    />
  );
}
