// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { PlaceDetail } from '../../places/domain/place.ts';
import { ageGroups } from '../../people/domain/age-group.ts';
import { day, month } from '../../platform/web/format.ts';
import { Select, type Option } from '../../platform/web/ui/field.tsx';
import type { Instrument } from '../domain/instrument.ts';
import type { MapData, Measure } from '../domain/map-data.ts';
import type { ListedInstrument } from './view-data.ts';
import { monthEnds, type ViewState } from './view-state.ts';
import { ageWords, inWords, levelWord, measureWords, sexWords } from './words.ts';

interface Props {
  readonly view: ViewState;
  readonly data: MapData;
  readonly place: PlaceDetail;
  readonly instruments: readonly ListedInstrument[];
  /** The one in use, with its indicators; undefined while it is fetched. */
  readonly instrument: Instrument | undefined;
  readonly today: string;
  readonly onChange: (changes: Partial<ViewState>) => void;
}

/** What can be coloured under an instrument: people are counted, places are measured. */
export function measuresOf(scores: string): readonly Measure[] {
  return scores === 'person' ? ['band', 'share-high', 'number-high'] : ['band', 'index'];
}

/** "What is coloured" is one list: the measures, then every indicator that may be read. */
function colourOptions(instrument: Instrument | undefined, scores: string): Option[] {
  const measures = measuresOf(scores).map((measure) => ({ value: `measure ${measure}`, label: measureWords(measure, null) }));
  const indicators = (instrument?.indicators ?? [])
    .filter((each) => !each.protected)
    .map((each) => ({ value: `indicator ${each.code}`, label: inWords(each.title) }));
  return [...measures, ...indicators];
}

/** While the list of indicators is on its way, the one in the address is in the list already. */
function withChosen(options: Option[], chosen: string): Option[] {
  return options.some((each) => each.value === chosen) ? options : [...options, { value: chosen, label: chosen.split(' ')[1] ?? chosen }];
}

/** Today and the month ends behind us; a date that came with the address is among them. */
export function dateOptions(today: string, chosen: string | null): Option[] {
  const dates: Option[] = [
    { value: '', label: t`Today` },
    ...monthEnds(today, 24).map((date) => ({ value: date, label: t`End of ${month(date)}` })),
  ];
  if (chosen && !dates.some((each) => each.value === chosen)) dates.splice(1, 0, { value: chosen, label: day(chosen) });
  return dates;
}

/** What follows for the view when something else is to be coloured. */
function colouredBy(value: string, people: boolean): Partial<ViewState> {
  const [kind, code = ''] = value.split(' ');
  if (kind !== 'indicator') return { measure: code as Measure, indicator: null };
  // Answers of people to one indicator are kept for today and for everybody together.
  const everybody = people ? { sex: null, age: null, date: null } : {};
  return { measure: 'indicator', indicator: code, ...everybody };
}

/** What the map shows, as plain selects: they work with every keyboard, phone and screen reader. */
export function Controls(props: Props) {
  const { view, data, onChange } = props;
  const people = data.instrument.scores === 'person';
  const oneAnswer = people && data.measure === 'indicator';
  return (
    <div class="map-controls">
      <WhatControls {...props} people={people} />
      <PartsAndDate {...props} oneAnswer={oneAnswer} />
      {oneAnswer && (
        <p class="small soft">{t`Answers to one question are kept for the newest date and for everybody together, so there is no choice of date, sex or age.`}</p>
      )}
      {people && !oneAnswer && <SexAndAge view={view} onChange={onChange} />}
    </div>
  );
}

/** The instrument, and what of it is coloured. */
function WhatControls({ data, instruments, instrument, people, onChange }: Props & { readonly people: boolean }) {
  const colour = data.measure === 'indicator' ? `indicator ${data.indicator ?? ''}` : `measure ${data.measure}`;
  return (
    <>
      <Select
        label={t`Scored with`}
        value={data.instrument.code}
        options={
          instruments.length > 0
            ? instruments.map((each) => ({ value: each.code, label: inWords(each.title) }))
            : [{ value: data.instrument.code, label: data.instrument.title }]
        }
        onChange={(code) => onChange({ instrument: code, measure: 'band', indicator: null, sex: null, age: null })}
      />
      <Select
        label={t`Colour by`}
        value={colour}
        options={withChosen(colourOptions(instrument, data.instrument.scores), colour)}
        onChange={(value) => onChange(colouredBy(value, people))}
      />
    </>
  );
}

/** Into which places the area is divided, and as of when. */
function PartsAndDate({ view, data, place, today, oneAnswer, onChange }: Props & { readonly oneAnswer: boolean }) {
  const dates = dateOptions(today, view.date);
  return (
    <div class="map-controls-pair">
      <Select
        label={t`Divided into`}
        value={String(data.level)}
        options={place.below.map((each) => ({ value: String(each.level), label: levelWord(each.names) }))}
        onChange={(level) => onChange({ level: Number(level) })}
      />
      <Select
        label={t`As of`}
        value={view.date ?? ''}
        options={oneAnswer ? dates.slice(0, 1) : dates}
        disabled={oneAnswer}
        onChange={(date) => onChange({ date: date || null })}
      />
    </div>
  );
}

/** Of whom the figures are. */
function SexAndAge({ view, onChange }: Pick<Props, 'view' | 'onChange'>) {
  return (
    <div class="map-controls-pair">
      <Select
        label={t`Sex`}
        value={view.sex === null ? '' : String(view.sex)}
        onChange={(sex) => onChange({ sex: sex === '' ? null : Number(sex) })}
        options={[null, 2, 1].map((sex) => ({ value: sex === null ? '' : String(sex), label: sexWords(sex) }))}
      />
      <Select
        label={t`Age`}
        value={view.age === null ? '' : String(view.age)}
        onChange={(age) => onChange({ age: age === '' ? null : Number(age) })}
        options={[null, ...ageGroups.slice(1).map((each) => each.group)].map((age) => ({
          value: age === null ? '' : String(age),
          label: ageWords(age),
        }))}
      />
    </div>
  );
}
