// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { day, decimal } from '../../platform/web/format.ts';
import { bandWord } from '../../platform/web/ui/band.tsx';
import type { ToldAnswer, ToldInstrument } from '../domain/printout.ts';
import { roleName } from './requests-words.ts';

function answerWords({ worded, answer }: ToldAnswer): string {
  if (worded) return answer;
  switch (answer) {
    case 'unknown':
      return t`not known`;
    case 'refused':
      return t`did not want to say`;
    case 'not-applicable':
      return t`does not apply`;
    default:
      return t`taken back`;
  }
}

interface Visit {
  readonly first: ToldAnswer;
  readonly all: ToldAnswer[];
}

/** Answers given at once, together: the day and who wrote them down are said once. */
function visitsOf(answers: readonly ToldAnswer[]): Visit[] {
  const visits: Visit[] = [];
  for (const each of answers) {
    const last = visits.at(-1),
      isSame = last && (['observedAt', 'about', 'role', 'imported'] as const).every((key) => last.first[key] === each[key]);
    if (isSame) last.all.push(each);
    else visits.push({ first: each, all: [each] });
  }
  return visits;
}

/** What was asked, visit by visit, in the person's own words for it. */
export function Answers({ told: { title, standing, hidden, answers } }: { readonly told: ToldInstrument }) {
  const band = standing ? bandWord(standing.band) : '';
  const index = standing?.index === null || standing === null ? '' : decimal(standing.index);
  return (
    <section>
      <h2>
        <bdi>{title}</bdi>
      </h2>
      {standing && (
        <p>
          {index && standing.band === 0
            ? t`Not enough is known to say how things stand. What was answered so far comes to ${index} of 100.`
            : index
              ? t`From these answers a number is worked out: ${index} of 100 (${band}). The higher it is, the more things make life hard at the moment, and the sooner somebody should visit. It says nothing about what kind of person you are, and it ends when the answers are old.`
              : t`Not enough is known to work out how things stand.`}
        </p>
      )}
      {visitsOf(answers).map(({ first, all }) => (
        <div key={first.observedAt + first.about} class="printout-visit">
          <h3>
            {day(first.observedAt)}
            {first.about === 'household' && `: ${t`about the household`}`}
          </h3>
          <p class="soft">{t`Written down by: ${roleName(first.imported ? 'import' : first.role)}`}</p>
          <ul>
            {all.map((each, i) => (
              <li key={`${i} ${each.question}`} class={each.voided ? 'soft' : ''}>
                <span class="strong">
                  <bdi>{each.question}</bdi>:
                </span>{' '}
                <bdi>{answerWords(each)}</bdi>
                {each.voided && ` (${t`corrected or taken back since`})`}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {hidden > 0 && (
        <p class="strong">{t`Some private questions are not on this page, and nothing on it is worked out from them. You can speak about them with your case worker, alone. If you have none, you may ask for one.`}</p>
      )}
    </section>
  );
}
