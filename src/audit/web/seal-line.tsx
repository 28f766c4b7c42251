// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { timeNow } from '../../platform/web/clock.ts';
import { moment } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import type { SealState } from '../domain/identity-read.ts';

/** Entries wait for about a second; longer than this and something is wrong. */
const tooLongMs = 120_000;

/** How far the record is sealed, in one line; nothing where it could not be asked. */
export function SealLine() {
  const { data } = useResource((signal) => api.get<SealState>('/audit/seal', undefined, { signal }), ['seal']);
  if (!data) return null;
  const until = data.sealedAt ? t`Sealed until ${moment(data.sealedAt)}.` : t`Nothing is sealed yet.`;
  const waiting =
    data.waiting === 0
      ? t`No line waits for its seal.`
      : plural(data.waiting, { one: '# line waits for its seal.', other: '# lines wait for their seal.' });
  const late = data.oldest !== null && timeNow().getTime() - Date.parse(data.oldest) > tooLongMs;
  return (
    <p class="small soft">
      {until} {waiting}
      {late && ` ${t`That is longer than usual: ask whoever runs the server to examine it.`}`}
    </p>
  );
}
