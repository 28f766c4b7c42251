// SPDX-License-Identifier: AGPL-3.0-or-later
import { CircleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import { plural, t } from '@lingui/core/macro';
import { inReadersWords } from '../../../platform/web/details.ts';
import { Icon } from '../../../platform/web/ui/icon.tsx';
import type { TriedExpression } from '../../domain/imports-api.ts';
import { expressionWord, rowTexts, type Measure } from './tried-words.ts';

const shown = 5;
const reasonsShown = 3;

interface Props {
  readonly id?: string;
  /** The expressions of one indicator, or one other; empty while none has been tried. */
  readonly tried: readonly TriedExpression[];
  readonly measure: Measure;
  readonly busy: boolean;
}

/** What the server says begins with the name of the expression, which here stands beside it in words. */
function withoutName({ indicator, what }: TriedExpression, text: string): string {
  const name = indicator ? `${indicator}, ${what}` : what;
  return text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
}

function Problems({ tried }: Pick<Props, 'tried'>) {
  return (
    <>
      {tried
        .filter(({ problem }) => problem !== null)
        .map((each) => (
          <p key={each.what} class="tried-problem">
            <Icon of={CircleAlert} size={18} />
            <span>
              <span class="strong">{t`${expressionWord(each)} cannot be worked out.`}</span>{' '}
              <bdi>{inReadersWords(withoutName(each, each.problem ?? ''))}</bdi>
            </span>
          </p>
        ))}
    </>
  );
}

function Reasons({ tried }: Pick<Props, 'tried'>) {
  const all = tried.flatMap((each) =>
    each.rows.flatMap(({ row, reason }) => (reason === null ? [] : [{ row, reason: withoutName(each, reason) }])),
  );
  if (all.length === 0) return null;
  const more = all.length - reasonsShown;
  return (
    <ul role="list" class="tried-reasons">
      {all.slice(0, reasonsShown).map(({ row, reason }) => (
        <li key={`${row} ${reason}`}>
          {t`Row ${row}`}
          {': '}
          <bdi>{inReadersWords(reason)}</bdi>
        </li>
      ))}
      {more > 0 && <li>{plural(more, { one: 'and # more', other: 'and # more' })}</li>}
    </ul>
  );
}

function Values({ tried, measure }: Pick<Props, 'tried' | 'measure'>) {
  const rows = rowTexts(tried, measure).slice(0, shown);
  if (rows.length === 0) return null;
  return (
    <ol role="list" class="tried-values">
      {rows.map(({ row, text }) => (
        <li key={row}>
          <span class="tried-row">{t`Row ${row}`}</span> <bdi>{text}</bdi>
        </li>
      ))}
    </ol>
  );
}

/** Values on the first rows, which cells are in the way, or why there can be none. Keeps its room, so that nothing below it jumps when an answer comes. */
export function TriedBox({ id, tried, measure, busy }: Props) {
  let inside: ComponentChildren;
  if (tried.length === 0) inside = <p class="soft">{busy ? t`Being tried on the first rows…` : t`There is no row to try it on.`}</p>;
  else if (tried.some(({ problem }) => problem !== null)) inside = <Problems tried={tried} />;
  else
    inside = (
      <>
        <p class="soft">{t`On the first rows`}</p>
        <Values tried={tried} measure={measure} />
        <Reasons tried={tried} />
      </>
    );
  return (
    <div class="tried number" role="status" aria-busy={busy} id={id}>
      {inside}
      {busy && <span class="spinner tried-busy" aria-hidden="true" />}
    </div>
  );
}
