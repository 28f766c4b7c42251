// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Notice } from '../../../platform/web/ui/notice.tsx';

export type TookBack = Readonly<Record<string, number>>;

const gone: readonly (readonly [key: string, words: (n: number) => string])[] = [
  ['people', (n) => plural(n, { one: '# person was taken out', other: '# people were taken out' })],
  ['households', (n) => plural(n, { one: '# household was taken out', other: '# households were taken out' })],
  ['answers', (n) => plural(n, { one: '# answer sheet was taken out', other: '# answer sheets were taken out' })],
  ['removed', (n) => plural(n, { one: '# place was taken out', other: '# places were taken out' })],
  ['restored', (n) => plural(n, { one: '# place is as it was before', other: '# places are as they were before' })],
  ['boundaries', (n) => plural(n, { one: '# boundary was taken out', other: '# boundaries were taken out' })],
  ['figures', (n) => plural(n, { one: '# figure was taken out', other: '# figures were taken out' })],
];

/** Each person who stays is counted under one of them. */
const stays: readonly (readonly [key: string, words: (n: number) => string])[] = [
  [
    'stayHeld',
    (n) =>
      plural(n, {
        one: '# under a legal hold, or kept by decision of the data protection officer. The officer finds the record under Data protection.',
        other:
          '# under a legal hold, or kept by decision of the data protection officer. The officer finds the records under Data protection.',
      }),
  ],
  [
    'stayAsked',
    (n) =>
      plural(n, {
        one: '# who asked for something, or for whom somebody asked: to see, correct or erase the record. The request stands as it was.',
        other:
          '# who asked for something, or for whom somebody asked: to see, correct or erase the record. The requests stand as they were.',
      }),
  ],
  ['stayAssessed', (n) => plural(n, { one: '# who was visited since', other: '# who were visited since' })],
  ['stayChanged', (n) => plural(n, { one: '# whose record was changed since', other: '# whose records were changed since' })],
  ['staySaid', (n) => plural(n, { one: '# who said something new about consent', other: '# who said something new about consent' })],
  ['stayAssigned', (n) => plural(n, { one: '# in the care of somebody', other: '# in the care of somebody' })],
];

const said = (of: typeof gone, counts: TookBack) => of.flatMap(([key, words]) => (counts[key] ? [{ key, text: words(counts[key]) }] : []));

/** What undoing an import took back, and who or what stays and why. */
export function TookBackNotice({ tookBack }: { readonly tookBack: TookBack }) {
  const taken = said(gone, tookBack),
    staying = said(stays, tookBack);
  const people = stays.reduce((sum, [key]) => sum + (tookBack[key] ?? 0), 0);
  return (
    <div class="stack">
      {taken.length > 0 && (
        <Notice kind="good" title={t`Taken back`} live>
          <ul>
            {taken.map(({ key, text }) => (
              <li key={key}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      {people > 0 && (
        <Notice
          kind="warning"
          live
          title={plural(people, { one: '# person could not be taken back and stays', other: '# people could not be taken back and stay' })}
        >
          <div class="stack-tight">
            <ul>
              {staying.map(({ key, text }) => (
                <li key={key}>{text}</li>
              ))}
            </ul>
            <p>{t`Their records stay in the register; the answers of this import count for them no longer.`}</p>
          </div>
        </Notice>
      )}
    </div>
  );
}
