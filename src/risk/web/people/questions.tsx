// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import type { QuestionState } from '../../domain/person-risk.ts';

/** What stands behind a question that counts for nothing now. */
function missingWords({ state, validUntil }: QuestionState): string {
  switch (state) {
    case 'expired':
      return validUntil ? t`ran out on ${day(validUntil, 'medium')}` : t`ran out`;
    case 'refused':
      return t`would rather not say`;
    case 'unknown':
      return t`asked, not known`;
    default:
      return t`not asked yet`;
  }
}

const byDate = (a: QuestionState, b: QuestionState): number => ((a.validUntil ?? '') < (b.validUntil ?? '') ? -1 : 1);

interface Props {
  readonly questions: readonly QuestionState[];
  readonly privateQuestions: number;
}
const holds = ({ state }: QuestionState): boolean => state === 'known' || state === 'not-applicable';

function AskAgain({ questions }: Pick<Props, 'questions'>) {
  const holding = questions.filter((each) => holds(each) && each.validUntil).toSorted(byDate);
  return (
    <section class="stack-tight">
      <h3>{t`Ask again`}</h3>
      {holding.length === 0 && <p class="soft">{t`No answer holds now.`}</p>}
      <ul>
        {holding.slice(0, 6).map(({ code, title, validUntil }) => (
          <li key={code}>
            {title}: {t`by ${day(validUntil!, 'medium')}`}
          </li>
        ))}
      </ul>
      {holding.length > 6 && (
        <p class="soft small">{plural(holding.length - 6, { one: '# more answer holds longer.', other: '# more answers hold longer.' })}</p>
      )}
    </section>
  );
}

function Missing({ questions, privateQuestions }: Props) {
  const missing = questions.filter((each) => !holds(each));
  return (
    <section class="stack-tight">
      <h3>{t`What is missing`}</h3>
      {missing.length === 0 && <p class="soft">{t`Every question that you may see has an answer.`}</p>}
      {missing.length > 0 && (
        <details>
          <summary>
            {plural(missing.length, { one: '# question has no answer that counts', other: '# questions have no answer that counts' })}
          </summary>
          <ul>
            {missing.map((question) => (
              <li key={question.code}>
                {question.title}: {missingWords(question)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {privateQuestions > 0 && (
        <p class="soft small">
          {plural(privateQuestions, {
            one: '# more question is private: its answer is kept between the person and the case worker.',
            other: '# more questions are private: their answers are kept between the person and the case worker.',
          })}
        </p>
      )}
    </section>
  );
}

/** What must be asked again when, and what is missing. */
export function Questions(props: Props) {
  return (
    <>
      <AskAgain questions={props.questions} />
      <Missing {...props} />
    </>
  );
}
