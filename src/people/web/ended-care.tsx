// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useAct, useResource } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import type { EndedCarePage, EndedCare as Row } from '../domain/person-record.ts';
import { speakerWord } from './words.ts';

/** Who accompanied, or read, whom no longer: `mine` is told to whoever it was. */
function what({ kind, to, mine, givenAt }: Row): string {
  if (mine) return t`You accompany somebody no longer who was in your care since ${day(givenAt)}, and the record is closed to you.`;
  if (kind === 'case_worker') return to ? t`${to} accompanies this person no longer.` : t`A case worker accompanies this person no longer.`;
  return to ? t`${to} no longer reads the record.` : t`An organisation no longer reads the record.`;
}

/**
 * Care and referrals that ended in the last ninety days because somebody said no: whoever gave them, whoever had them and the data protection officer
 * are told, by record number; to the case worker the record is closed, and so she is told since when. Nothing stands here where nothing ended.
 */
export function EndedCare({
  record,
}: {
  readonly record: (to: { regionId: number; personId: string; number: string }) => ComponentChildren;
}) {
  const asks = may('people.assign') || may('assigned.read') || may('consent.read');
  const first = useResource(
    async (signal): Promise<EndedCarePage> =>
      asks ? api.get<EndedCarePage>('/people/care-ended', undefined, { signal }) : { rows: [], next: null },
    ['care-ended', asks],
  );
  const [more, setMore] = useState<EndedCarePage | undefined>(undefined);
  const next = (more ?? first.data)?.next ?? null;
  const show = useAct(async () => {
    const page = await api.get<EndedCarePage>('/people/care-ended', { after: next });
    before.current = rows.length;
    setMore({ rows: [...(more?.rows ?? []), ...page.rows], next: page.next });
  });
  const rows = [...(first.data?.rows ?? []), ...(more?.rows ?? [])];
  const list = useRef<HTMLUListElement>(null);
  const before = useRef(0);
  useEffect(() => {
    // The button that showed the last of them is gone.
    if (more && !more.next && document.activeElement === document.body) list.current?.querySelectorAll('li')[before.current]?.focus();
  }, [more]);
  if (rows.length === 0) return null;
  return (
    <section class="section" aria-labelledby="care-ended">
      <h2 id="care-ended">{t`Care that ended by a no`}</h2>
      <p class="soft">{t`Consent was taken back, so it ended at once. Nobody need say why, and help does not depend on it. Whoever agrees again is assigned anew.`}</p>
      <ul role="list" class="people-list" ref={list}>
        {rows.map((row) => (
          <li key={row.assignmentId} tabIndex={-1}>
            <div class="stack-tight">
              {row.personId !== null && row.number !== null && (
                <p>{record({ regionId: row.regionId, personId: row.personId, number: row.number })}</p>
              )}
              <p>
                <bdi>{what(row)}</bdi>
              </p>
              <p class="soft small">
                {day(row.endedAt, 'medium')} · {t`said by: ${speakerWord(row.byWhom)}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {show.problem && <ProblemNotice problem={show.problem} />}
      {next && (
        <div class="row not-in-print">
          <Button busy={show.busy} onClick={() => void show.run()}>{t`Show more`}</Button>
        </div>
      )}
    </section>
  );
}
