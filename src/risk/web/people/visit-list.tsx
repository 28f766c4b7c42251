// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Printer } from 'lucide';
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { api } from '../../../platform/web/api.ts';
import { day, named } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { me } from '../../../platform/web/session.ts';
import { bandWord } from '../../../platform/web/ui/band.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import type { ListRow, VisitList } from '../../domain/people-list.ts';
import { ageWords, noVisitWords, sexWords } from '../words.ts';
import { renewWords } from './columns.tsx';
import { keyOf, loadNames, mayReadNames } from './people-data.ts';

interface Props {
  readonly rows: readonly Pick<ListRow, 'regionId' | 'personId' | 'restricted'>[];
  /** Names by `"regionId personId"`, where the list shows them. */
  readonly names: ReadonlyMap<string, string>;
  readonly instrument: string | null;
  readonly onClose: () => void;
}

const empty: ReadonlyMap<string, string> = new Map();

/** One person on paper: large, with room to write. */
export function VisitLine({ row, name, nth }: { readonly row: ListRow; readonly name: string | undefined; readonly nth: number }) {
  const said = row.warnings.join('; ');
  return (
    <li class="visit">
      <p class="visit-who">
        {nth}. <bdi>{name ?? recordNumber(row.personId)}</bdi>
        <span class="visit-facts">
          {' '}
          {sexWords(row.sex)}, {ageWords(row.ageGroup)} · <bdi>{named(row.place)}</bdi>
          {name && ` · ${recordNumber(row.personId)}`}
        </span>
      </p>
      {said && <p class="visit-warns">{t`Needs somebody today: ${said}`}</p>}
      <p class="visit-facts">
        {t`Risk: ${bandWord(row.band)}`} · {t`Ask again by: ${renewWords(row)}`}
      </p>
      {row.reasons.length > 0 && <p class="visit-facts">{row.reasons.map(({ text }) => text).join(' · ')}</p>}
      <div class="visit-notes" aria-hidden="true">
        {t`Notes`}
      </div>
    </li>
  );
}

interface Home {
  readonly householdId: string | null;
  readonly rows: readonly ListRow[];
  /** How many people stand on the paper before these. */
  readonly before: number;
}

/** Household by household, in the order in which their first stands; who lives in none comes last. */
function homesOf(rows: readonly ListRow[]): Home[] {
  const homes = new Map<string | null, ListRow[]>();
  for (const row of rows) homes.set(row.householdId, [...(homes.get(row.householdId) ?? []), row]);
  const ordered = [...homes].toSorted(([a], [b]) => Number(a === null) - Number(b === null));
  let before = 0;
  return ordered.map(([householdId, members]) => {
    const home = { householdId, rows: members, before };
    before += members.length;
    return home;
  });
}

/** The paper itself; it says who printed it, when, and that it must not lie about. */
export function VisitSheet({
  page,
  names,
  by,
}: {
  readonly page: VisitList;
  readonly names: ReadonlyMap<string, string>;
  readonly by: string;
}) {
  return (
    <article class="visit-sheet">
      <header>
        <h1>{t`Visits`}</h1>
        <p>{plural(page.rows.length, { one: '# person', other: '# people' })}</p>
        {page.leftOff.length > 0 && (
          <p>
            {plural(page.leftOff.length, {
              one: '# more was chosen and is not to be visited.',
              other: '# more were chosen and are not to be visited.',
            })}
          </p>
        )}
      </header>
      <p class="visit-destroy">{t`Destroy after use. Printed on ${day(page.asOf)} by ${by}. Do not copy, photograph or leave lying about.`}</p>
      {homesOf(page.rows).map(({ householdId, rows, before }) => (
        <section key={householdId} class="visit-home">
          <h2>
            {householdId === null ? (
              t`In no household`
            ) : (
              <>
                {t`Household`} <bdi class="number">{recordNumber(householdId)}</bdi>
              </>
            )}
          </h2>
          <ol>
            {rows.map((row, i) => (
              <VisitLine key={keyOf(row)} row={row} name={names.get(keyOf(row))} nth={before + i + 1} />
            ))}
          </ol>
        </section>
      ))}
      <p class="visit-destroy">{t`Destroy after use. Printed on ${day(page.asOf)} by ${by}.`}</p>
    </article>
  );
}

/** Prints what `sheet` holds and nothing else of the page. */
export function printAlone(sheet: preact.VNode): void {
  const box = document.createElement('div');
  box.className = 'print-only print-alone';
  document.body.append(box);
  document.body.classList.add('printing-alone');
  render(sheet, box);
  const after = () => {
    removeEventListener('afterprint', after);
    render(null, box);
    box.remove();
    document.body.classList.remove('printing-alone');
  };
  addEventListener('afterprint', after);
  print();
}

/** Who of those chosen does not go on the paper, and why. */
function LeftOff({ rows, names }: Pick<Props, 'rows' | 'names'>) {
  const off = rows.flatMap((row) => (row.restricted === null ? [] : [{ key: keyOf(row), row, why: noVisitWords(row.restricted) }]));
  if (off.length === 0) return null;
  return (
    <div class="stack-tight">
      <p>{plural(off.length, { one: '# person is left off:', other: '# people are left off:' })}</p>
      <ul>
        {off.map(({ key, row, why }) => (
          <li key={key}>
            <bdi>{names.get(key) ?? <span class="number">{recordNumber(row.personId)}</span>}</bdi> · {why}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Asks about names before anything goes on paper, and keeps in the record of use that it did. */
export function VisitListDialog({ rows, names: shown, instrument, onClose }: Props) {
  const [withNames, setWithNames] = useState(false);
  const people = rows.map(({ regionId, personId }) => ({ regionId, personId }));
  const going = rows.filter(({ restricted }) => restricted === null).length;
  const go = useAct(async () => {
    const page = await api.post<VisitList>('/people/visit-list', {
      people,
      names: withNames,
      locale: language().code,
      ...(instrument ? { instrument } : {}),
    });
    const names = withNames ? await loadNames(page.rows) : empty;
    onClose();
    printAlone(<VisitSheet page={page} names={names} by={me.value?.displayName ?? ''} />);
  });
  return (
    <Dialog title={t`Print a visit list`} onClose={onClose}>
      <div class="stack">
        <p>
          {plural(going, {
            one: '# person goes on the paper, with room for notes.',
            other: '# people go on the paper, with room for notes.',
          })}
        </p>
        <LeftOff rows={rows} names={shown} />
        <p class="soft">{t`Private reasons stay private. Who printed the list and when is kept in the record of use, and stands on the paper.`}</p>
        {mayReadNames() && (
          <Checkbox
            label={t`With names`}
            hint={t`Leave it off if the record numbers are enough: paper gets lost.`}
            checked={withNames}
            onChange={setWithNames}
          />
        )}
        {go.problem && <ProblemNotice problem={go.problem} />}
        <div class="row">
          <Button kind="primary" icon={Printer} busy={go.busy} disabled={going === 0} onClick={() => void go.run()}>{t`Print`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}
