// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { History, Pencil, Undo2 } from 'lucide';
import { useState } from 'preact/hooks';
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

/** What became of an answer that counts no more: which day, and in which role. */
function voidedWords({ takenBack, role, ...voided }: NonNullable<TimelineAnswer['voided']>): string {
  const on = day(voided.on, 'medium');
  if (!role) return takenBack ? t`Taken back on ${on}. Counts no more.` : t`Corrected on ${on}. Counts no more.`;
  const by = roleWords(role);
  return takenBack ? t`Taken back on ${on} by: ${by}. Counts no more.` : t`Corrected on ${on} by: ${by}. Counts no more.`;
}

/** What became of all answers of a visit alike: said once, above them. */
function fateOf(answers: readonly TimelineAnswer[]): TimelineAnswer['voided'] {
  const [first, second] = answers;
  if (!first?.voided || !second) return null;
  const same = JSON.stringify(first.voided);
  return answers.every(({ voided }) => JSON.stringify(voided) === same) ? first.voided : null;
}

function Answer({ answer, alike }: { readonly answer: TimelineAnswer; readonly alike: boolean }) {
  const said = answer.text ?? answerWords(answer.answer);
  const side = answer.side === 'female' ? t`for women and girls` : answer.side === 'male' ? t`for men and boys` : '';
  return (
    <>
      <dt>
        <bdi>{answer.title}</bdi>
        {side && ` (${side})`}
      </dt>
      <dd>
        {answer.voided ? <del>{said}</del> : <bdi>{said}</bdi>}
        {answer.voided && !alike && <span class="soft small voided-by">{voidedWords(answer.voided)}</span>}
      </dd>
    </>
  );
}

type EntryProps = Omit<Props, 'entries'> & {
  readonly entry: TimelineEntry;
  /** What it corrects or takes back, where that is in sight. */
  readonly old: TimelineEntry | undefined;
  /** Not in view yet; on paper all are. */
  readonly later: boolean;
};

/** A visit that is taken back names every question; in sight are those that it had answered, or one sentence for all of them. */
function takenBack(
  { kind, answers }: TimelineEntry,
  old: TimelineEntry | undefined,
): { whole: boolean; answers: readonly TimelineAnswer[] } {
  if (kind !== 'retraction' || !old) return { whole: false, answers };
  const had = new Set(old.answers.map(({ code }) => code));
  const said = answers.filter(({ code }) => had.has(code));
  return { whole: new Set(said.map(({ code }) => code)).size === had.size, answers: said };
}

function Entry({ entry, old, later, correctHref, onRetract }: EntryProps) {
  const correct = entry.kind === 'retraction' ? null : correctHref(entry);
  const { whole, answers } = takenBack(entry, old);
  const fate = fateOf(answers);
  const late = entry.recordedOn !== entry.observedOn;
  return (
    <li class={later ? 'print-only' : ''}>
      <p class="strong">
        {titleOf(entry)} · <span class="number">{day(entry.observedOn)}</span>
      </p>
      <p class="soft small">
        {entry.imported ? t`From a file` : entry.role ? t`By: ${roleWords(entry.role)}` : t`By somebody without a post now`}
        {late && ` · ${t`written down on ${day(entry.recordedOn, 'medium')}`}`}
      </p>
      {fate && <p class="strong small">{voidedWords(fate)}</p>}
      {old && whole && <p>{t`The answers of ${day(old.observedOn)} count no more.`}</p>}
      {!whole && (
        <dl class="timeline-answers">
          {answers.map((answer) => (
            <Answer key={`${answer.code} ${answer.side ?? ''}`} answer={answer} alike={fate !== null} />
          ))}
          {entry.privateReason && (
            <>
              <dt>{entry.privateReason}</dt>
              <dd class="soft">{t`stays between the person and the case worker`}</dd>
            </>
          )}
        </dl>
      )}
      {correct !== null && !fate?.takenBack && may('assess.write') && (
        <div class="row not-in-print">
          <ButtonLink kind="quiet" icon={Pencil} href={correct}>{t`Correct`}</ButtonLink>
          <Button kind="quiet" icon={Undo2} onClick={() => onRetract(entry)}>{t`Take back`}</Button>
        </div>
      )}
    </li>
  );
}

/** So many are in view at once: the last visit to person, household and village, and what was set right of it. Years of them lie below, for whoever asks. */
const inView = 4;

/** What was recorded, newest first; what was corrected stays in sight, struck through. */
export function Timeline({ entries, ...rest }: Props) {
  const [all, setAll] = useState(false);
  if (entries.length === 0) return <p class="soft">{t`Nothing is recorded yet.`}</p>;
  const earlier = entries.length - inView;
  return (
    <>
      <ol class="timeline">
        {entries.map((entry, i) => (
          <Entry
            key={entry.assessmentId}
            entry={entry}
            later={!all && i >= inView}
            old={entries.find(({ assessmentId }) => assessmentId === entry.supersedes)}
            {...rest}
          />
        ))}
      </ol>
      {!all && earlier > 0 && (
        <div class="row not-in-print">
          <Button icon={History} onClick={() => setAll(true)}>
            {plural(earlier, { one: 'Show # earlier entry', other: 'Show # earlier entries' })}
          </Button>
        </div>
      )}
    </>
  );
}
