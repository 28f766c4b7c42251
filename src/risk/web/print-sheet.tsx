// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Outline } from '../../platform/web/map/outline.tsx';
import { liesFlat, PrintMap } from '../../platform/web/map/svg-print.tsx';
import type { Bounds, MapFeature } from '../../platform/web/map/types.ts';
import { day, named } from '../../platform/web/format.ts';
import { me } from '../../platform/web/session.ts';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData } from '../domain/map-data.ts';
import { drawn } from './features.ts';
import { Legend } from './legend.tsx';
import { RowFacts } from './place-card.tsx';
import type { ViewData } from './view-data.ts';
import type { ViewState } from './view-state.ts';
import { ageWords, levelWord, measureWords, sexWords } from './words.ts';

export interface SheetProps {
  readonly view: ViewState;
  readonly shown: ViewData;
  readonly bounds: Bounds | null;
  readonly indicator: Indicator | undefined;
  readonly indicatorTitle: string | null;
  readonly today: string;
}

/** Who is meant, when the figures are not of everybody. */
function filterWords({ sex, age }: ViewState): string {
  return [sex === null ? '' : sexWords(sex), age === null ? '' : ageWords(age)].filter(Boolean).join(', ');
}

interface DrawingProps extends Pick<SheetProps, 'bounds'> {
  readonly outline: ViewData['outline'];
  readonly features: readonly MapFeature[];
  readonly label: string;
  readonly flat: boolean;
}

function Drawing({ outline, features, label, bounds, flat }: DrawingProps) {
  if (!bounds) return outline && <Outline geometries={outline.geometries} label={named(outline.place)} />;
  return <PrintMap features={features} bounds={bounds} label={label} width={flat ? 760 : 700} height={flat ? 600 : 720} />;
}

/** One A4 with all that a reader needs who never saw the screen: what, where, of how many, when, from where. */
function PrintSheet({ view, shown, data, bounds, indicator, indicatorTitle, today }: SheetProps & { readonly data: MapData }) {
  const flat = bounds !== null && liesFlat(bounds);
  const colour = measureWords(data.measure, indicatorTitle);
  const { features, unplaced } = drawn(data, shown.shapes, named, named);
  const filters = filterWords(view);
  return (
    <article class={flat ? 'sheet sheet-flat' : 'sheet sheet-tall'}>
      <header>
        <h1>{named(data.place)}</h1>
        <p>
          {colour}
          {filters && ` · ${filters}`} · {levelWord(data.levelNames)} · {day(data.asOf)}
        </p>
      </header>
      <Drawing {...{ features, bounds, flat }} outline={shown.outline} label={named(data.place)} />
      <aside>
        <Legend data={data} indicator={indicator} title={colour} />
        {unplaced.length > 0 && (
          <p>
            {plural(unplaced.length, {
              one: '# place has no boundary here and is not drawn.',
              other: '# places have no boundary here and are not drawn.',
            })}
          </p>
        )}
        <section>
          <h2>{t`The whole area`}</h2>
          <RowFacts row={data.total} data={data} indicator={indicator} />
        </section>
      </aside>
      <footer>
        <p>
          {data.instrument.title}. {data.instrument.description}
        </p>
        <p>
          {[
            data.sources.length > 0 && t`Source: ${data.sources.join('; ')}`,
            data.instrument.scores === 'person' && t`Figures of fewer than ${data.threshold} people are not shown.`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p>
          {t`Printed from Waymark on ${day(today)}`}
          {me.value?.displayName && ` · ${me.value.displayName}`}
          {me.value?.demo && <strong> · {t`Demo: every place, person and figure is made up`}</strong>}
        </p>
      </footer>
    </article>
  );
}

/** What stands on paper instead of exact figures that were printed past the page's own button. */
export function UseThePrintButton({ threshold }: { readonly threshold: number }) {
  return (
    <p>{t`Please print with the Print button on the page. It leaves out figures of fewer than ${threshold} people: paper can be passed on.`}</p>
  );
}

/** Figures fit for paper, and the screen's figures that they belong to: other figures on screen make them stale. */
export interface Paper {
  readonly of: MapData;
  readonly data: MapData;
}

/**
 * Puts the sheet into the page while it is printed, by our button or by the browser's own. `render` is synchronous, which
 * a state change is not: the browser takes its picture as soon as this listener returns.
 * @param paper set by the button when the protected figures are there; without them, a reader of exact figures gets none on paper
 */
export function PrintOnPaper({
  paper,
  guarded,
  ...sheet
}: SheetProps & { readonly paper: { current: Paper | null }; readonly guarded: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ sheet, guarded });
  latest.current = { sheet, guarded };
  useEffect(() => {
    const before = () => {
      const now = latest.current,
        screen = now.sheet.shown.map;
      const data = paper.current?.of === screen ? paper.current.data : now.guarded ? null : screen;
      if (place.current)
        render(data ? <PrintSheet {...now.sheet} data={data} /> : <UseThePrintButton threshold={screen.threshold} />, place.current);
    };
    const after = () => {
      paper.current = null;
      if (place.current) render(null, place.current);
    };
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return <div ref={place} class="print-only" />;
}
