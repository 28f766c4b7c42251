// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { TextField } from '../../platform/web/ui/field.tsx';
import { looksLikeUserName } from './checks.ts';

interface Props {
  readonly hint: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly autoComplete: 'username' | 'off';
  /** Whether somebody tried to send the form: before that, what is half typed is not yet wrong. */
  readonly checked: boolean;
  /** Whether the server has just refused this one because somebody has it. */
  readonly taken?: boolean;
}

/** A user name that is being chosen: always in small letters. */
export function UserNameField({ hint, value, onInput, autoComplete, checked, taken = false }: Props) {
  return (
    <TextField
      label={t`User name`}
      hint={hint}
      value={value}
      exact
      maxLength={30}
      autoComplete={autoComplete}
      onInput={(text) => onInput(text.toLowerCase())}
      error={
        taken
          ? t`Somebody has this user name already. Choose another.`
          : checked && !looksLikeUserName(value)
            ? t`Use 3 to 30 small letters, digits, dots or hyphens, beginning with a letter`
            : undefined
      }
    />
  );
}
