// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { day } from '../../../platform/web/format.ts';
import type { Indicator, Instrument } from '../../domain/instrument.ts';
import type { Answer } from '../../domain/pack.ts';
import type { QuestionState } from '../../domain/person-risk.ts';
import { idleAnswer, type Idle } from '../../domain/visit-day.ts';
import { sidesOf, type Assessing, type Loaded, type Subject } from './use-assessment.ts';

/** One question as it is put: of a place it may be put twice, for women and for men. */
export interface Asked {
  readonly key: string;
  readonly indicator: Indicator;
  readonly side: 'female' | 'male' | null;
}

/** What is asked of this kind of subject. Nobody is asked by sex about a person or a household: a plain answer is all there is. */
export function askedOf({ indicators }: Instrument, kind: Subject['kind']): Asked[] {
  return indicators
    .filter(({ unit }) => unit === kind)
    .flatMap((indicator): Asked[] =>
      indicator.bySex && kind === 'place'
        ? (['female', 'male'] as const).map((side) => ({ key: `${indicator.code} ${side}`, indicator, side }))
        : [{ key: indicator.code, indicator, side: null }],
    );
}

/** For whom an answer is, where a question has one a sex. */
export const sideWords = (side: Asked['side']): string =>
  side === null ? '' : side === 'female' ? t`for women and girls` : t`for men and boys`;

export function answerTo({ indicator, side }: Asked, { draft }: Assessing): Answer | undefined {
  const answer = draft.answers[indicator.code];
  if (side !== null) return sidesOf(answer)[side];
  return typeof answer === 'object' ? undefined : answer;
}

export function giveAnswer({ indicator, side }: Asked, work: Assessing, answer: Answer | undefined): void {
  if (side === null) return work.answer(indicator.code, answer);
  const { [side]: _before, ...rest } = sidesOf(work.draft.answers[indicator.code]);
  const both = answer === undefined ? rest : { ...rest, [side]: answer };
  work.answer(indicator.code, Object.keys(both).length > 0 ? both : undefined);
}

/** Why what is answered to a question for the day of this visit changes nothing now; null where it counts. */
export const idleFor = ({ indicator, side }: Asked, { said }: Loaded, { moment }: Assessing): Idle | null =>
  idleAnswer(indicator, side, said, moment);

/** The same in words; nothing where it counts. */
export function idleWords(idle: Idle | null, { draft }: Assessing): string {
  if (idle === null) return '';
  const visit = day(draft.on, 'medium');
  if (idle.why === 'ended') return t`An answer of ${visit} holds no more: what you answer is kept, and changes nothing now.`;
  return t`A newer answer of ${day(idle.on, 'medium')} stands: what you answer for ${visit} is kept, and changes nothing now.`;
}

/** What holds for a question now, where the reader may know it. */
export function heldFor({ indicator, side }: Asked, { risk }: Loaded): QuestionState | undefined {
  const questions = side !== null && 'female' in risk ? risk[side] : risk.questions;
  return questions.find(({ code }) => code === indicator.code);
}
