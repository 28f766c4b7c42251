// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Pencil, Undo2 } from 'lucide';
import { day, named } from '../../../platform/web/format.ts';
import { may } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import type { TimelineAnswer, TimelineEntry } from '../../domain/person-risk.ts';
import { answerWords, roleWords } from './answer-words.ts';

interface Props {
  readonly entries: readonly TimelineEntry[];
  /** Where an entry of this kind of subject is corrected; null where it is not this page's to correct. */
  readonly correctHref: (entry: TimelineEntry) => string | null;
  readonly onRetract: (entry: TimelineEntry) => void;
}

function titleOf(entry: TimelineEntry): string {
  if (entry.kind === 'retraction') return t`Taken back`;
  if (entry.kind === 'correction') return t`Corrected`;
  switch (entry.about) {
    case 'person':
      return t`Asked about the person`;
    case 'household':
      return t`Asked about the household`;
    case 'place':
      return entry.place ? t`Asked about ${named(entry.place)}` : t`Asked about the place`;
  }
}

function Answer({ answer }: { readonly answer: TimelineAnswer }) {
  const side = answer.side === 'female' ? t`for women and girls` : answer.side === 'male' ? t`for men and boys` : '';
  return (
    <>
      <dt>
        {answer.title}
        {side && ` (${side})`}
      </dt>
      <dd>
        <span class={answer.voided ? 'voided' : ''}>{answer.text ?? answerWords(answer.answer)}</span>
        {answer.voided && <span class="soft small"> {t`corrected later: counts no more`}</span>}
      </dd>
    </>
  );
}

function Entry({ entry, correctHref, onRetract }: { readonly entry: TimelineEntry } & Omit<Props, 'entries'>) {
  const correct = entry.kind === 'retraction' ? null : correctHref(entry);
  const late = entry.recordedAt.slice(0, 10) !== entry.observedAt.slice(0, 10);
  return (
    <li>
      <p class="strong">
        {titleOf(entry)} · <span class="number">{day(entry.observedAt)}</span>
      </p>
      <p class="soft small">
        {entry.imported ? t`From a file` : entry.role ? t`By: ${roleWords(entry.role)}` : t`By somebody without a post now`}
        {late && ` · ${t`written down on ${day(entry.recordedAt, 'medium')}`}`}
      </p>
      <dl class="timeline-answers">
        {entry.answers.map((answer) => (
          <Answer key={`${answer.code} ${answer.side ?? ''}`} answer={answer} />
        ))}
        {entry.privateReason && (
          <>
            <dt>{entry.privateReason}</dt>
            <dd class="soft">{t`stays between the person and the case worker`}</dd>
          </>
        )}
      </dl>
      {correct !== null && may('assess.write') && (
        <div class="row not-in-print">
          <ButtonLink kind="quiet" icon={Pencil} href={correct}>{t`Correct`}</ButtonLink>
          <Button kind="quiet" icon={Undo2} onClick={() => onRetract(entry)}>{t`Take back`}</Button>
        </div>
      )}
    </li>
  );
}

/** What was recorded, newest first; what was corrected stays in sight, struck through. */
export function Timeline({ entries, ...rest }: Props) {
  if (entries.length === 0) return <p class="soft">{t`Nothing is recorded yet.`}</p>;
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <Entry key={entry.assessmentId} entry={entry} {...rest} />
      ))}
    </ol>
  );
}
