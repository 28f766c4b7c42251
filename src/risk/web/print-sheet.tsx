// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { liesFlat, PrintMap } from '../../platform/web/map/svg-print.tsx';
import type { Bounds, MapFeature } from '../../platform/web/map/types.ts';
import { day, named } from '../../platform/web/format.ts';
import { me } from '../../platform/web/session.ts';
import { DistributionBar } from '../../platform/web/ui/distribution-bar.tsx';
import type { Indicator } from '../domain/instrument.ts';
import type { MapData } from '../domain/map-data.ts';
import { Legend } from './legend.tsx';
import type { ViewState } from './view-state.ts';
import { ageWords, levelWord, measureWords, sexWords } from './words.ts';

export interface PrintProps {
  readonly view: ViewState;
  readonly data: MapData;
  readonly features: readonly MapFeature[];
  readonly bounds: Bounds;
  readonly indicator: Indicator | undefined;
  readonly indicatorTitle: string | null;
  readonly today: string;
}

/** Who is meant, when the figures are not of everybody. */
function filterWords({ sex, age }: ViewState): string {
  return [sex === null ? '' : sexWords(sex), age === null ? '' : ageWords(age)].filter(Boolean).join(', ');
}

/** One A4 with all that a reader needs who never saw the screen: what, where, of how many, when, from where. */
function PrintSheet({ view, data, features, bounds, indicator, indicatorTitle, today }: PrintProps) {
  const flat = liesFlat(bounds);
  const colour = measureWords(data.measure, indicatorTitle);
  const people = data.total.counts?.n;
  const filters = filterWords(view);
  return (
    <article class={flat ? 'sheet sheet-flat' : 'sheet sheet-tall'}>
      <header>
        <h1>{named(data.place)}</h1>
        <p>{colour}{filters && ` · ${filters}`} · {levelWord(data.levelNames)} · {day(data.asOf)}</p>
      </header>
      <PrintMap features={features} bounds={bounds} label={named(data.place)} width={flat ? 760 : 700} height={flat ? 600 : 720} />
      <aside>
        <Legend data={data} indicator={indicator} title={colour} />
        {typeof people === 'number' && <p>{plural(people, { one: '# person assessed in all', other: '# people assessed in all' })}</p>}
        {data.total.counts && data.total.cover === 'shown' && <DistributionBar counts={data.total.counts} legend />}
      </aside>
      <footer>
        <p>{data.instrument.title}. {data.instrument.description}</p>
        <p>
          {data.sources.length > 0 && <>{t`Source: ${data.sources.join('; ')}`} · </>}
          {data.exact
            ? <strong>{t`For your own work only: this sheet holds exact figures, also of fewer than ${data.threshold} people. Do not pass it on.`}</strong>
            : t`Figures of fewer than ${data.threshold} people are not shown.`}
        </p>
        <p>
          {t`Printed from Waymark on ${day(today)}`}{me.value?.displayName && ` · ${me.value.displayName}`}
          {me.value?.demo && <strong> · {t`Demo: every place, person and figure is made up`}</strong>}
        </p>
      </footer>
    </article>
  );
}

/**
 * Puts the sheet into the page while it is printed, by our button or by the browser's own. `render` is synchronous, which
 * a state change is not: the browser takes its picture as soon as this listener returns.
 */
export function PrintOnPaper(props: PrintProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const before = () => { if (place.current) render(<PrintSheet {...latest.current} />, place.current); };
    const after = () => { if (place.current) render(null, place.current); };
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => { removeEventListener('beforeprint', before); removeEventListener('afterprint', after); };
  }, []);
  return <div ref={place} class="print-only" />;
}
