// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useState } from 'preact/hooks';
import type { TimelineEntry } from '../../domain/person-risk.ts';
import { RetractDialog } from './retract.tsx';
import { Timeline } from './timeline.tsx';

interface Props {
  readonly entries: readonly TimelineEntry[];
  readonly regionId: number;
  readonly instrument: string;
  /** Whom an entry is about. */
  readonly subjectOf: (entry: TimelineEntry) => string;
  readonly correctHref: (entry: TimelineEntry) => string | null;
  readonly onRetracted: () => void;
}

/** Everything recorded about somebody or a household, each visit to be corrected or taken back. */
export function Recorded({ entries, regionId, instrument, subjectOf, correctHref, onRetracted }: Props) {
  const [retracting, setRetracting] = useState<TimelineEntry | null>(null);
  return (
    <>
      <h2>{t`What was recorded`}</h2>
      <Timeline entries={entries} correctHref={correctHref} onRetract={setRetracting} />
      {retracting && (
        <RetractDialog
          entry={retracting}
          regionId={regionId}
          subjectId={subjectOf(retracting)}
          instrument={instrument}
          onClose={() => setRetracting(null)}
          onDone={onRetracted}
        />
      )}
    </>
  );
}
