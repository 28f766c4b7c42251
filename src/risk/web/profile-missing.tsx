// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Link } from 'wouter';
import { day, percent } from '../../platform/web/format.ts';
import { may } from '../../platform/web/session.ts';
import type { Missing, Profile } from '../domain/profile.ts';

function whyWords(missing: Missing): string {
  if (missing.why === 'expired') return missing.since ? t`ran out on ${day(missing.since, 'medium')}` : t`ran out`;
  return missing.why === 'never' ? t`never recorded` : t`asked, but not answered`;
}

/** What is not known here, and what somebody can do about it. */
export function MissingKnowledge({ profile }: { readonly profile: Profile }) {
  const { indicators, peopleUnknown } = profile.missing;
  const people = profile.instrument.scores === 'person';
  if (indicators.length === 0 && (peopleUnknown ?? 0) === 0) return null;
  return (
    <section class="stack" aria-labelledby="missing-title">
      <h2 id="missing-title">{t`What is missing`}</h2>
      {peopleUnknown !== null && peopleUnknown > 0 && (
        <p>{t`For ${percent(peopleUnknown, 1)} of the people here too few answers are known or still valid to say. They are counted as unknown, never guessed.`}</p>
      )}
      {indicators.length > 0 && (
        <ul class="missing">
          {indicators.map((each) => (
            <li key={each.code}>
              {each.title} <span class="soft small">– {whyWords(each)}</span>
            </li>
          ))}
        </ul>
      )}
      <p>
        <span class="strong">{t`What helps:`}</span>{' '}
        {people
          ? t`visit the households whose answers ran out, and ask what was left open.`
          : t`load a file of area statistics that holds these, with the newest date you can find.`}
        {!people && may('statistics.import') && (
          <>
            {' '}
            <Link href="/imports/new?kind=area-stats" class="not-in-print">{t`Load a file`}</Link>
          </>
        )}
      </p>
    </section>
  );
}

/** Which files and visits the figures come from. */
export function Sources({ profile }: { readonly profile: Profile }) {
  const { sources } = profile;
  if (sources.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="sources-title">
      <h2 id="sources-title">{t`Sources`}</h2>
      <ul class="sources">
        {sources.map((each, i) => (
          <li key={each.batchId ?? i}>
            <bdi>{each.text ?? each.fileName ?? t`Recorded in Waymark`}</bdi>
            <span class="soft small">
              {each.text && each.fileName && (
                <>
                  {' '}
                  · <bdi>{each.fileName}</bdi>
                </>
              )}
              {each.observedOn && ` · ${t`speaks of ${day(each.observedOn, 'medium')}`}`}
              {each.importedOn && ` · ${t`loaded ${day(each.importedOn, 'medium')}`}`}
              {each.indicators.length > 0 && ` · ${plural(each.indicators.length, { one: '# indicator', other: '# indicators' })}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
