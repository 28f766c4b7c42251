// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { Way } from '../domain/consent.ts';
import { Choices } from './register/step.tsx';
import { wayWord } from './words.ts';

const ways: readonly Way[] = ['spoken', 'written', 'thumbprint'];

/** How a yes or no was said. */
export function WayChoice({ value, onChange }: { readonly value: Way; readonly onChange: (way: Way) => void }) {
  return (
    <Choices<Way>
      label={t`How was it said?`}
      value={value}
      onChange={onChange}
      options={ways.map((way) => ({ value: way, label: wayWord(way) }))}
    />
  );
}
