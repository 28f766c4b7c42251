// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { ClipboardPen, House, MapPin } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { api } from '../../../platform/web/api.ts';
import { day, named } from '../../../platform/web/format.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useSize } from '../../../platform/web/map/use-size.ts';
import { scheme } from '../../../platform/web/preferences.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Notice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { PersonKey } from '../../domain/people-list.ts';
import type { PersonRisk as Risk, QuestionState, TimelineEntry } from '../../domain/person-risk.ts';
import { Choices, GoneNotice, PastNotice, sameDay, useAsked, type Gone } from './as-of.tsx';
import { restrictionWords } from '../words.ts';
import { OpenIndex, Standing, Warnings } from './columns.tsx';
import { Questions } from './questions.tsx';
import { Recorded } from './recorded.tsx';
import '../history-box.css';
import './people.css';

/** The index after each visit, as a thin line with its interval as a band. */
function Line({ history }: { readonly history: Risk['history'] }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  const points = history.flatMap(({ date, index, low, high }) =>
    index === null ? [] : [{ date: new Date(`${date}T12:00:00Z`), value: index, low, high }],
  );
  // Its dates are in the language of the screen.
  const locale = language().code;
  useEffect(() => {
    const place = box.current;
    if (!place || width === 0 || points.length < 2) return undefined;
    let wanted = true;
    import('../history-chart.ts').then(
      ({ drawHistory }) => {
        if (wanted) place.replaceChildren(drawHistory(points, { width }));
      },
      () => undefined, // the timeline below says the same
    );
    return () => {
      wanted = false;
    };
  }, [points.map(({ value }) => value).join(), width, locale, scheme.value]);
  if (points.length < 2) return null;
  return (
    <figure class="history">
      <figcaption class="small soft">{t`Risk index after each visit, 0 to 100, with its interval`}</figcaption>
      <div
        ref={box}
        class="history-box"
        role="img"
        aria-label={t`Risk index after each visit. The timeline below says what was asked when.`}
      />
    </figure>
  );
}

function Now({ risk, gone }: { readonly risk: Risk; readonly gone: boolean }) {
  if (!risk.standing) return <p>{t`Not counted on ${day(risk.asOf)}: this person had left, died, or the record was merged.`}</p>;
  return (
    <section class="stack-tight" aria-label={t`How this person stands`}>
      <div class="risk-now">
        <Standing row={risk.standing} />
      </div>
      {!risk.whole && risk.privateQuestions > 0 && <OpenIndex />}
      <p class="soft small">
        {risk.past ? t`At the end of ${day(risk.asOf)}, in ${named(risk.place)}.` : t`Now, in ${named(risk.place)}.`}
        {!gone &&
          (risk.restricted === null || risk.past) &&
          ` ${
            risk.standing.validUntil
              ? t`To be asked again by ${day(risk.standing.validUntil)}.`
              : t`Nothing is known that still holds: ask again.`
          }`}
      </p>
      <Warnings texts={risk.warnings} past={risk.past} nobody={risk.restricted !== null} />
      {risk.placeWarnings.length > 0 && (
        <Notice kind="warning" title={t`A warning about the place, for everybody who lives there`}>
          {risk.placeWarnings.join('; ')}
        </Notice>
      )}
      <h3>{t`Why`}</h3>
      {risk.reasons.length === 0 ? (
        <p class="soft">{t`No answer points to a risk.`}</p>
      ) : (
        <ul>
          {risk.reasons.map(({ code, text }) => (
            <li key={code ?? 'private'}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Not every instrument asks something of households; what it asks may be private. */
const asksHouseholds = (risk: Risk): boolean => risk.privateQuestions > 0 || asksOf('household', risk);
const asksOf = (kind: QuestionState['unit'], { questions }: Risk): boolean => questions.some(({ unit }) => unit === kind);

interface UsedNoFurtherProps {
  readonly restricted: NonNullable<Risk['restricted']>;
  readonly asksToSetRight: boolean;
  readonly household: boolean;
}

function UsedNoFurther({ restricted, asksToSetRight, household }: UsedNoFurtherProps) {
  return (
    <Notice kind="warning" title={t`This record is used no further`}>
      <div class="stack-tight">
        <p>
          {restrictionWords(restricted)}
          {household && ` ${t`What is said of the household goes on counting for the others who live in it, and not for this person.`}`}
        </p>
        {may('assess.write') && (
          <p>
            {asksToSetRight
              ? t`The person asks to have an answer set right: correct it or take it back below, where it was recorded. Then write down that it is done.`
              : t`If an answer is wrong, the person may have it set right all the same: write down below that the person asks for that.`}
          </p>
        )}
      </div>
    </Notice>
  );
}

/** What to ask next: of her, of her household, of the place she lives in. */
function AskNow({ risk, path, household }: { readonly risk: Risk; readonly path: string; readonly household: string | null }) {
  const questions = `instrument=${risk.instrument.code}`;
  return (
    <div class="row not-in-print">
      {risk.restricted === null && (
        <ButtonLink kind="primary" icon={ClipboardPen} href={`${path}/assess?${questions}`}>{t`Ask now`}</ButtonLink>
      )}
      {household && asksHouseholds(risk) && (
        <ButtonLink icon={House} href={`${household}/assess?${questions}`}>{t`Ask about the household`}</ButtonLink>
      )}
      {may('people.read') && asksOf('place', risk) && (
        <ButtonLink
          icon={MapPin}
          href={`/places/${risk.place.placeId}/assess?${questions}`}
        >{t`Ask about ${named(risk.place)}`}</ButtonLink>
      )}
    </div>
  );
}

/**
 * The risk part of a person's page: how she stands and why, what to ask again, what is missing, and everything recorded. Carries no name and
 * no heading of its own above the second level; the page around it has both. Of somebody who died or left it is read and nothing is entered.
 */
export function PersonRisk({ regionId, personId, gone }: PersonKey & { readonly gone?: Gone | undefined }) {
  const asked = useAsked(gone),
    { on, instrument } = asked;
  const locale = language().code;
  const path = `/people/${regionId}/${personId}`;
  const risk = useResource(
    (signal) => api.get<Risk>(`${path}/risk`, { on, instrument, locale }, { signal }),
    [path, on, instrument, locale],
  );
  return (
    <Loaded of={risk}>
      {(data) => {
        const household = data.householdId === null ? null : `/households/${regionId}/${data.householdId}`;
        const questions = `instrument=${data.instrument.code}`;
        // Whoever looks at a past day looks; what she then sets right is asked of today's page.
        const correctHref = (entry: TimelineEntry) => {
          // Of a record that is used no further, only what she asks to have set right.
          const own = data.restricted === null || data.asksToSetRight ? path : null;
          const subject = data.past ? null : entry.about === 'person' ? own : entry.about === 'household' ? household : null;
          return subject && `${subject}/assess?${questions}&corrects=${entry.assessmentId}`;
        };
        return (
          <div class="stack person-risk">
            <h2>{gone ? t`How this person stood, and why` : t`How this person stands, and why`}</h2>
            <Choices risk={data} asked={asked} />
            {gone ? (
              <GoneNotice gone={gone} asOf={data.asOf} asked={asked} />
            ) : (
              data.past && <PastNotice asOf={data.asOf} onToday={() => asked.choose({ on: '' })} />
            )}
            {data.restricted !== null && !data.past && (
              <UsedNoFurther restricted={data.restricted} asksToSetRight={data.asksToSetRight} household={household !== null} />
            )}
            <Now risk={data} gone={gone !== undefined} />
            {may('assess.write') && !data.past && <AskNow risk={data} path={path} household={household} />}
            <Line history={data.history} />
            {!gone && (data.restricted === null || data.past) && (
              <Questions questions={data.questions} privateQuestions={data.privateQuestions} />
            )}
            {household && (
              <p>
                <Link href={`${household}${sameDay(data)}`}>{t`The household and who lives in it`}</Link>
              </p>
            )}
            <Recorded
              entries={data.timeline}
              regionId={regionId}
              instrument={data.instrument.code}
              subjectOf={({ about }) => (about === 'household' ? (data.householdId ?? '') : personId)}
              correctHref={correctHref}
              onRetracted={risk.reload}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
