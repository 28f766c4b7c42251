// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { ArrowDown, Map as MapIcon, SlidersHorizontal } from 'lucide';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'wouter';
import { timeNow } from '../../platform/web/clock.ts';
import { boundsOf } from '../../platform/web/map/geometry.ts';
import { MapCanvas } from '../../platform/web/map/map-canvas.tsx';
import { Outline } from '../../platform/web/map/outline.tsx';
import type { Pointed } from '../../platform/web/map/types.ts';
import { useSize } from '../../platform/web/map/use-size.ts';
import { named } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useAct } from '../../platform/web/resource.ts';
import { usePlaceCrumbs } from '../../platform/web/router.tsx';
import { may, me } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { Icon } from '../../platform/web/ui/icon.tsx';
import type { Indicator, Instrument } from '../domain/instrument.ts';
import type { MapData, MapRow } from '../domain/map-data.ts';
import { Controls } from './controls.tsx';
import { drawn } from './features.ts';
import { MapPanel } from './map-panel.tsx';
import { PlaceCard } from './place-card.tsx';
import { type Paper, PrintOnPaper } from './print-sheet.tsx';
import { TwinTable } from './twin-table.tsx';
import { type ListedInstrument, loadPaper, type ViewData } from './view-data.ts';
import { movedTo, viewAddress, type ViewState } from './view-state.ts';
import { inWords, levelWord, measureWords, rowSentence } from './words.ts';

interface Props {
  readonly view: ViewState;
  readonly data: ViewData;
  readonly instruments: readonly ListedInstrument[];
  readonly instrument: Instrument | undefined;
  readonly change: (changes: Partial<ViewState>) => void;
}

/** The sheet for paper. Exact figures stay on the screen of those who work with these people. */
function usePaper(view: ViewState, map: MapData) {
  const guarded = may('figures.exact') && map.instrument.scores === 'person';
  const paper = useRef<Paper | null>(null);
  const printing = useAct(async () => {
    paper.current = { of: map, data: guarded ? await loadPaper(view, map, language().code) : map };
    print();
  });
  return { guarded, paper, printing };
}

/** Where places lead: the next level down, if there is one (null at the deepest), and their profiles. */
function addressesIn(view: ViewState, { map, place }: ViewData) {
  const deeper = place.below.some((each) => each.level > map.level);
  return {
    downHref: (id: string) => (deeper ? viewAddress(movedTo(view, id)) : null),
    profileHref: (id: string) => `/places/${id}?instrument=${map.instrument.code}`,
  };
}

/** What is drawn, where it lies, and what has no boundary to be drawn by. */
function useDrawn({ map, shapes }: ViewData, indicator: Indicator | undefined) {
  const bounds = useMemo(() => boundsOf([...shapes.values()]), [shapes]);
  const { features, unplaced } = useMemo(
    () => drawn(map, shapes, named, (row) => rowSentence(named(row), row, map, indicator)),
    [map, shapes, indicator],
  );
  return { bounds, features, unplaced };
}

/** Panel, map and table of one view. */
export function MapView({ view, data, instruments, instrument, change }: Props) {
  const { map, place } = data;
  const [sheet, setSheet] = useState(false);
  const today = timeNow().toISOString().slice(0, 10);
  const indicator = instrument?.indicators.find((each) => each.code === map.indicator);
  const indicatorTitle = indicator ? inWords(indicator.title) : null;
  const colour = measureWords(map.measure, indicatorTitle);
  const { bounds, features, unplaced } = useDrawn(data, indicator);
  const { downHref, profileHref } = addressesIn(view, data);
  usePlaceCrumbs([...place.ancestors, place].map((each) => ({ label: named(each), href: viewAddress(movedTo(view, each.placeId)) })));
  const { guarded, paper, printing } = usePaper(view, map);
  const controls = (
    <Controls view={view} data={map} place={place} instruments={instruments} instrument={instrument} today={today} onChange={change} />
  );
  return (
    <>
      <div class="map-first not-in-print">
        <MapPanel {...{ view, data, indicator, colour, printing }} unplaced={unplaced.length} profile={profileHref(place.placeId)}>
          {controls}
        </MapPanel>
        <div class="map-space">
          {bounds && features.length > 0 ? (
            <PointedMap
              {...{ view, data, bounds, features, indicator, change, downHref, profileHref }}
              label={t`${named(place)}: ${colour}`}
            />
          ) : (
            <NoBoundaries data={data} view={view} />
          )}
          <div class="map-sheet-button">
            <Button icon={SlidersHorizontal} onClick={() => setSheet(true)}>{t`What is shown`}</Button>
          </div>
        </div>
      </div>
      {sheet && (
        <Dialog title={t`What the map shows`} onClose={() => setSheet(false)}>
          {controls}
        </Dialog>
      )}
      <div class="map-below not-in-print" id="map-table" tabIndex={-1}>
        <TwinTable
          data={map}
          indicator={indicator}
          indicatorTitle={indicatorTitle}
          hrefOf={(row) => downHref(row.placeId) ?? profileHref(row.placeId)}
          profileOf={(row) => profileHref(row.placeId)}
        />
      </div>
      <PrintOnPaper {...{ paper, guarded, view, bounds, indicator, indicatorTitle, today }} shown={data} />
    </>
  );
}

/** Where one is, and why nothing is coloured: many countries publish no boundaries of their smallest areas. */
function NoBoundaries({ data: { outline, map, place }, view }: Pick<Props, 'data' | 'view'>) {
  const drawn = place.below.findLast((each) => each.level < map.level && each.withBoundary > 0);
  return (
    <div class="map-none">
      {outline && <Outline geometries={outline.geometries} label={t`Outline of ${named(outline.place)}`} />}
      <div class="map-none-words stack-tight">
        <p class="strong">{t`No boundaries are known for this level (${levelWord(map.levelNames)})`}</p>
        <p>
          {t`So nothing can be coloured here.`}
          {outline && <> {t`The outline is that of ${named(outline.place)}.`}</>}
        </p>
        <div class="row">
          <a class="button" href="#map-table">
            <Icon of={ArrowDown} />
            {t`Figures in the table`}
          </a>
          {drawn && (
            <ButtonLink
              href={viewAddress({ ...view, place: place.placeId, level: drawn.level, at: null })}
              icon={MapIcon}
            >{t`Map of the level ${levelWord(drawn.names)}`}</ButtonLink>
          )}
        </div>
      </div>
    </div>
  );
}

interface PointedProps extends Omit<Props, 'instruments' | 'instrument'> {
  readonly bounds: NonNullable<ReturnType<typeof boundsOf>>;
  readonly features: ReturnType<typeof drawn>['features'];
  readonly indicator: Indicator | undefined;
  readonly label: string;
  readonly downHref: (id: string) => string | null;
  readonly profileHref: (id: string) => string;
}

/** The canvas with the card of the place pointed at. Pointing changes only this, never panel or table. */
function PointedMap({ view, data, bounds, features, indicator, label, change, downHref, profileHref }: PointedProps) {
  const [, go] = useLocation();
  const space = useRef<HTMLDivElement>(null);
  const room = useSize(space);
  const byId = useMemo(() => new Map(data.map.rows.map((row) => [row.placeId, row])), [data.map]);
  const [at, setAt] = useState<Pointed | null>(view.at ? { id: view.at, via: 'touch', x: 0, y: 0 } : null);
  // What was pointed at belongs to the view it was pointed at in.
  useEffect(() => {
    setAt(view.at ? { id: view.at, via: 'touch', x: 0, y: 0 } : null);
  }, [data.place.placeId, data.map.level, view.at]);
  const row: MapRow | undefined = at ? byId.get(at.id) : undefined;
  const enter = (id: string) => go(downHref(id) ?? profileHref(id));
  const parent = data.place.parentId;
  return (
    <div class="map-pointed" ref={space}>
      <MapCanvas
        features={features}
        bounds={bounds}
        label={label}
        focused={row?.placeId ?? null}
        tiles={me.value?.tiles ?? null}
        onPoint={setAt}
        onEnter={enter}
        {...(parent ? { onUp: () => change(movedTo(view, parent)) } : {})}
      />
      {at && row && (
        <PlaceCard
          row={row}
          data={data.map}
          view={view}
          indicator={indicator}
          at={at}
          room={room}
          downHref={downHref(row.placeId)}
          profileHref={profileHref(row.placeId)}
          onClose={() => setAt(null)}
        />
      )}
    </div>
  );
}
