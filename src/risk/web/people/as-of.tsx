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

/** Somebody who died or left for good: how, and on which day, as far as that is known. */
export interface Gone {
  readonly state: 'died' | 'left';
  readonly on: string | null;
}

/** The last day at whose end she still was here. */
function lastDayOf({ on }: Gone): string {
  const last = new Date(`${on ?? dayHere()}T00:00:00Z`);
  last.setUTCDate(last.getUTCDate() - 1);
  return last.toISOString().slice(0, 10);
}

/**
 * The day and the instrument asked about. They stand in the address, so that "back" and a link show the same; nothing is asked about a day to
 * come, nor after somebody died or left: where no day is chosen, of her it is the last one before that.
 */
export function useAsked(gone?: Gone) {
  const [query, set] = useQuery();
  const on = query.get('on') ?? '',
    latest = gone?.on ?? dayHere(),
    chosen = isDay(on) && on <= latest ? on : '';
  return {
    on: chosen === '' && gone ? lastDayOf(gone) : chosen,
    /** Whether that day was chosen, and does not follow from what became of her. */
    isChosen: chosen !== '',
    latest,
    gone,
    instrument: query.get('instrument'),
    choose: (change: { readonly on?: string; readonly instrument?: string }) => set(change, { replace: true }),
  };
}
type Asked = ReturnType<typeof useAsked>;

/** What a link to another page about the same day carries. */
export const sameDay = ({ past, asOf }: Pick<PersonRisk, 'past' | 'asOf'>): string => (past ? `?on=${asOf}` : '');

/** With which questions, and on which day. */
export function Choices({ risk, asked }: { readonly risk: Pick<PersonRisk, 'instruments' | 'instrument'>; readonly asked: Asked }) {
  const { on, latest, gone, choose } = asked;
  const [typed, setTyped] = useState(on);
  useEffect(() => setTyped(on), [on]);
  const onInput = (next: string) => {
    setTyped(next);
    if (next === '' || (isDay(next) && next <= latest)) choose({ on: next });
  };
  const tooLate = gone ? t`This person was not here any more` : t`That day is still to come`;
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
      <details open={asked.isChosen}>
        <summary>{t`Look at an earlier day`}</summary>
        <TextField
          type="date"
          label={t`As of an earlier day`}
          value={typed}
          min="1900-01-01"
          max={latest}
          onInput={onInput}
          error={typed > latest ? tooLate : undefined}
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
        <LeftOut />
        <div class="row not-in-print">
          <Button onClick={onToday}>{t`Back to today`}</Button>
        </div>
      </div>
    </Notice>
  );
}

const LeftOut = () => <p>{t`Answers of later days are left out. What was corrected or taken back since is struck through.`}</p>;

function goneWords({ state, on }: Gone): string {
  const since = on && day(on);
  if (state === 'died')
    return since
      ? t`The person died on ${since}. Nothing is asked or entered any more; what was recorded is kept and can be read.`
      : t`The person died. Nothing is asked or entered any more; what was recorded is kept and can be read.`;
  return since
    ? t`The person left for good on ${since}. Nothing is asked or entered unless the person comes back; what was recorded is kept and can be read.`
    : t`The person left for good. Nothing is asked or entered unless the person comes back; what was recorded is kept and can be read.`;
}

/** Of somebody who died or left: why nothing can be entered, and which day this is. */
export function GoneNotice({ gone, asOf, asked }: { readonly gone: Gone; readonly asOf: string; readonly asked: Asked }) {
  return (
    <Notice title={t`As it was at the end of ${day(asOf)}`} live>
      <div class="stack">
        <p>{goneWords(gone)}</p>
        <LeftOut />
        {asked.isChosen && (
          <div class="row not-in-print">
            <Button onClick={() => asked.choose({ on: '' })}>{t`Back to the last day`}</Button>
          </div>
        )}
      </div>
    </Notice>
  );
}
