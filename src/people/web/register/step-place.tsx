// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { PlaceSearch } from '../../../places/web/index.ts';
import { day, named } from '../../../platform/web/format.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import type { LawfulBasis } from '../../domain/basis.ts';
import { groundWord } from '../words.ts';
import type { ChosenPlace } from './draft.ts';
import { Choices, StepForm } from './step.tsx';

interface PlaceProps {
  readonly label: string;
  readonly place: ChosenPlace | null;
  readonly error?: string | undefined;
  readonly onChoose: (place: ChosenPlace | null) => void;
}

/** The place chosen, or the search for one. */
export function PlaceChoice({ label, place, error, onChoose }: PlaceProps) {
  if (place)
    return (
      <div class="stack-tight" role="group" aria-label={label}>
        <span class="field-label">{label}</span>
        <div class="row">
          <span class="strong">
            <bdi>{named(place)}</bdi>
          </span>
          <Button kind="quiet" onClick={() => onChoose(null)}>{t`Choose another`}</Button>
        </div>
      </div>
    );
  return (
    <div class={error ? 'stack-tight field-wrong' : 'stack-tight'}>
      <PlaceSearch label={label} onChoose={onChoose} />
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface Props {
  readonly place: ChosenPlace | null;
  readonly bases: readonly LawfulBasis[];
  readonly basisId: string | null;
  readonly onChange: (change: { place?: ChosenPlace | null; basisId?: string }) => void;
  readonly onNext: () => void;
}

/** Where the household lives; and on which lawful basis it is written down, where there are several. */
export function PlaceStep({ place, bases, basisId, onChange, onNext }: Props) {
  const [tried, setTried] = useState(false);
  const several = bases.length > 1;
  const next = () => {
    setTried(true);
    if (place && (!several || basisId)) onNext();
  };
  return (
    <StepForm title={t`Where does the household live?`} next={{ label: t`Next` }} onNext={next}>
      <PlaceChoice
        label={t`Village or quarter`}
        place={place}
        error={tried && !place ? t`Choose a place` : undefined}
        onChoose={(chosen) => onChange({ place: chosen })}
      />
      {several && (
        <Choices
          label={t`On which lawful basis do you write them down?`}
          value={basisId ?? undefined}
          error={tried && !basisId ? t`Choose one` : undefined}
          onChange={(chosen) => onChange({ basisId: chosen })}
          options={bases.map((basis) => {
            const since = day(basis.fromOn);
            const ground = groundWord(basis.ground);
            return { value: basis.basisId, label: basis.title, hint: t`${ground}, since ${since}` };
          })}
        />
      )}
    </StepForm>
  );
}
