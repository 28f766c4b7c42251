// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useEffect, useState } from 'preact/hooks';
import { dayHere } from '../../../platform/web/clock.ts';
import { day } from '../../../platform/web/format.ts';
import { useQuery } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import type { PersonRisk } from '../../domain/person-risk.ts';

/** A year is typed digit by digit, and passes through the first centuries. */
const isDay = (on: string): boolean => on >= '1900-01-01';

/** The day and the instrument asked about. They stand in the address, so that "back" and a link show the same; nothing is asked about a day to come. */
export function useAsked() {
  const [query, set] = useQuery();
  const on = query.get('on') ?? '';
  return {
    on: isDay(on) && on <= dayHere() ? on : '',
    instrument: query.get('instrument'),
    choose: (change: { readonly on?: string; readonly instrument?: string }) => set(change, { replace: true }),
  };
}
type Asked = ReturnType<typeof useAsked>;

/** What a link to another page about the same day carries. */
export const sameDay = ({ past, asOf }: Pick<PersonRisk, 'past' | 'asOf'>): string => (past ? `?on=${asOf}` : '');

/** With which questions, and on which day. */
export function Choices({ risk, asked }: { readonly risk: Pick<PersonRisk, 'instruments' | 'instrument'>; readonly asked: Asked }) {
  const { on, choose } = asked;
  const [typed, setTyped] = useState(on);
  useEffect(() => setTyped(on), [on]);
  const onInput = (next: string) => {
    setTyped(next);
    if (next === '' || (isDay(next) && next <= dayHere())) choose({ on: next });
  };
  return (
    <div class="stack-tight not-in-print">
      {risk.instruments.length > 1 && (
        <Segmented
          label={t`Scored with`}
          value={risk.instrument.code}
          options={risk.instruments.map(({ code, title }) => ({ value: code, label: title }))}
          onChange={(instrument) => choose({ instrument })}
        />
      )}
      <details open={on !== ''}>
        <summary>{t`Look at an earlier day`}</summary>
        <TextField
          type="date"
          label={t`As of an earlier day`}
          value={typed}
          min="1900-01-01"
          max={dayHere()}
          onInput={onInput}
          error={typed > dayHere() ? t`That day is still to come` : undefined}
        />
      </details>
    </div>
  );
}

/** That this is not today's page, and the way back to it. */
export function PastNotice({ asOf, onToday }: { readonly asOf: string; readonly onToday: () => void }) {
  return (
    <Notice title={t`As it was at the end of ${day(asOf)}`} live>
      <div class="stack">
        <p>{t`Answers of later days are left out. What was corrected or taken back since is struck through.`}</p>
        <div class="row not-in-print">
          <Button onClick={onToday}>{t`Back to today`}</Button>
        </div>
      </div>
    </Notice>
  );
}
