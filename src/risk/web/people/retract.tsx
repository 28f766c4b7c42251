// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useRef } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { api } from '../../../platform/web/api.ts';
import { timeNow } from '../../../platform/web/clock.ts';
import { day } from '../../../platform/web/format.ts';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import type { TimelineEntry } from '../../domain/person-risk.ts';
import { loadInstrument } from '../view-data.ts';

interface Props {
  readonly entry: TimelineEntry;
  readonly regionId: number;
  readonly subjectId: string;
  readonly instrument: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Takes a whole visit back, its private answers too. It stays in the record as taken back. */
export function RetractDialog({ entry, regionId, subjectId, instrument, onClose, onDone }: Props) {
  // Sent again it is the same.
  const said = useRef({ assessmentId: uuidv7(), observedAt: timeNow().toISOString() });
  const retract = async () => {
    const { indicators } = await loadInstrument(instrument, new AbortController().signal);
    const answers = Object.fromEntries(indicators.filter(({ unit }) => unit === entry.about).map(({ code }) => [code, 'withdrawn']));
    await api.post('/assessments', {
      ...said.current,
      subjectKind: entry.about,
      subjectId,
      regionId,
      instrument,
      answers,
      supersedes: entry.assessmentId,
    });
    onDone();
  };
  return (
    <ConfirmDialog title={t`Take this visit back?`} action={t`Take it back`} onConfirm={retract} onClose={onClose}>
      <p>{t`The answers of ${day(entry.observedOn)} will count no more, the private ones included. What was recorded before counts again where it still holds.`}</p>
      <p class="soft">{t`The visit stays in sight as taken back; nothing is erased.`}</p>
    </ConfirmDialog>
  );
}
