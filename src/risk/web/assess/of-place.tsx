// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { named } from '../../../platform/web/format.ts';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import type { PlaceRisk, TimelineEntry } from '../../domain/person-risk.ts';
import { Recorded } from '../people/recorded.tsx';
import type { Loaded } from './use-assessment.ts';

/** The place that the questions are about; null where they are about people. */
export const placeConcerned = ({ risk }: Pick<Loaded, 'risk'>): PlaceRisk | null => ('female' in risk ? risk : null);

/** Whom an answer about a place concerns: said before anybody answers, and again before it is saved. */
export function AboutPlace({ loaded }: { readonly loaded: Loaded }) {
  const risk = placeConcerned(loaded);
  if (!risk) return null;
  const place = named(risk.place);
  if (risk.people === null) return <Notice title={t`This is about everybody in ${place}`}>{null}</Notice>;
  const people = plural(risk.people, { one: '# person', other: '# people' });
  return (
    <Notice title={t`This is about everybody in ${place}: ${people}`}>
      {t`What you answer counts for each of them, except where a smaller place within it has an answer of its own.`}
    </Notice>
  );
}

/** What was said of the place and of the areas around it. Of this place it is corrected and taken back here; of the others on their own pages. */
export function PlaceRecorded({ loaded, onRetracted }: { readonly loaded: Loaded; readonly onRetracted: () => void }) {
  const risk = placeConcerned(loaded);
  if (!risk || risk.timeline.length === 0) return null;
  const { placeId, regionId, instrument } = risk;
  const correctHref = (entry: TimelineEntry) =>
    entry.place?.placeId === placeId ? `/places/${placeId}/assess?instrument=${instrument.code}&corrects=${entry.assessmentId}` : null;
  return (
    <details class="stack">
      <summary>{t`What was said before`}</summary>
      <Recorded
        entries={risk.timeline}
        regionId={regionId}
        instrument={instrument.code}
        subjectOf={() => placeId}
        correctHref={correctHref}
        onRetracted={onRetracted}
      />
    </details>
  );
}
