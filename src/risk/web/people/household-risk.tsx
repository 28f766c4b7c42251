// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { ClipboardPen } from 'lucide';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { api } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { ButtonLink } from '../../../platform/web/ui/button.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { HouseholdRisk as Risk } from '../../domain/person-risk.ts';
import { Choices, PastNotice, sameDay, useAsked } from './as-of.tsx';
import { ageWords, noVisitWords, sexWords } from '../words.ts';
import { OpenIndex, Standing, Warnings, Warns } from './columns.tsx';
import { keyOf, personHref } from './people-data.ts';
import { Questions } from './questions.tsx';
import { Recorded } from './recorded.tsx';
import './people.css';

interface Props {
  readonly regionId: number;
  readonly householdId: string;
  /** Names by `"regionId personId"`, where the page around has them. */
  readonly names?: ReadonlyMap<string, string>;
}

const noNames: ReadonlyMap<string, string> = new Map();

function Members({ risk, names }: { readonly risk: Risk; readonly names: ReadonlyMap<string, string> }) {
  return (
    <section class="stack-tight">
      <h3>{risk.past ? t`Who lived in it, and how they stood` : t`Who lives in it, and how they stand`}</h3>
      {risk.members.length === 0 && <p class="soft">{t`Nobody, as far as you may see.`}</p>}
      <ul role="list" class="plain-list household-members">
        {risk.members.map((row) => {
          const name = names.get(keyOf(row)),
            number = recordNumber(row.personId);
          return (
            <li key={keyOf(row)}>
              <Link href={`${personHref(row)}${sameDay(risk)}`} class="people-who strong">
                {name ? <bdi>{name}</bdi> : <bdi class="record-number">{number}</bdi>}
              </Link>
              <span class="soft small">
                {name && (
                  <>
                    <bdi class="record-number">{number}</bdi> ·{' '}
                  </>
                )}
                {sexWords(row.sex)}, {ageWords(row.ageGroup)}
              </span>
              <Standing row={row} />
              {row.restricted !== null && !risk.past && <span class="soft small">{noVisitWords(row.restricted)}</span>}
              {!risk.past && <Warns row={row} />}
            </li>
          );
        })}
      </ul>
      {!risk.past && risk.members.some(({ restricted }) => restricted !== null) && (
        <p>{t`What is said of the household goes on counting for the others who live in it, and not for whoever is not to be visited.`}</p>
      )}
      {/* Said whether there is anybody or not: how many there are would be more than their own pages tell. */}
      <p class="soft small">{t`Whoever lives outside your area today, or is not in your care, is not shown here.`}</p>
      <OpenIndex />
    </section>
  );
}

function Reasons({ risk }: { readonly risk: Risk }) {
  return (
    <>
      <Warnings
        texts={risk.warnings}
        past={risk.past}
        nobody={risk.members.length > 0 && risk.members.every(({ restricted }) => restricted !== null)}
      />
      <h3>{t`What makes life harder here`}</h3>
      {risk.reasons.length === 0 ? (
        <p class="soft">{t`No answer points to a risk.`}</p>
      ) : (
        <ul>
          {risk.reasons.map(({ code, text }) => (
            <li key={code ?? 'private'}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The risk part of a household's page. */
export function HouseholdRisk({ regionId, householdId, names = noNames }: Props) {
  const locale = language().code;
  const asked = useAsked(),
    { on, instrument } = asked;
  const path = `/households/${regionId}/${householdId}`;
  const risk = useResource(
    (signal) => api.get<Risk>(`${path}/risk`, { on, instrument, locale }, { signal }),
    [path, on, instrument, locale],
  );
  return (
    <Loaded of={risk}>
      {(data) => {
        const address = `${path}/assess?instrument=${data.instrument.code}`;
        return (
          <div class="stack person-risk">
            <h2>{t`How the household stands`}</h2>
            <Choices risk={data} asked={asked} />
            {data.past && <PastNotice asOf={data.asOf} onToday={() => asked.choose({ on: '' })} />}
            <Members risk={data} names={names} />
            <Reasons risk={data} />
            {may('assess.write') && !data.past && data.questions.length + data.privateQuestions > 0 && (
              <div class="row not-in-print">
                <ButtonLink kind="primary" icon={ClipboardPen} href={address}>{t`Ask about the household`}</ButtonLink>
              </div>
            )}
            <Questions questions={data.questions} privateQuestions={data.privateQuestions} />
            <Recorded
              entries={data.timeline}
              regionId={regionId}
              instrument={data.instrument.code}
              subjectOf={() => householdId}
              correctHref={(entry) => (data.past ? null : `${address}&corrects=${entry.assessmentId}`)}
              onRetracted={risk.reload}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
