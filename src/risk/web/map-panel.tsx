// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Printer } from 'lucide';
import type { ComponentChildren } from 'preact';
import { day, named } from '../../platform/web/format.ts';
import type { Act } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import type { Indicator } from '../domain/instrument.ts';
import { ExportMenu } from './export-menu.tsx';
import { Legend } from './legend.tsx';
import { RowFacts } from './place-card.tsx';
import type { ViewData } from './view-data.ts';
import type { ViewState } from './view-state.ts';
import { levelWord } from './words.ts';

interface Props {
  readonly view: ViewState;
  readonly data: ViewData;
  readonly indicator: Indicator | undefined;
  /** The name of what is coloured. */
  readonly colour: string;
  /** How many places have no boundary. */
  readonly unplaced: number;
  readonly printing: Act<[]>;
  /** The address of the profile of the place shown. */
  readonly profile: string;
  /** The controls; a phone shows them in a sheet of their own. */
  readonly children: ComponentChildren;
}

/** Beside the map: where one is, what is shown and how to read it, the area as a whole, and what can be done with it. */
export function MapPanel({ view, data: { map, place }, indicator, colour, unplaced, printing, profile, children }: Props) {
  return (
    <aside class="map-panel" aria-label={t`What the map shows`}>
      <header class="stack-tight">
        <h1 tabIndex={-1}>
          <bdi>{named(place)}</bdi>
        </h1>
        <p class="soft">
          {levelWord(map.levelNames)} · {day(map.asOf)}
        </p>
      </header>
      <div class="map-panel-controls">{children}</div>
      <Legend data={map} indicator={indicator} title={colour} />
      {unplaced > 0 && (
        <p class="small">
          {plural(unplaced, {
            one: '# place has no boundary here and stands in the table only.',
            other: '# places have no boundary here and stand in the table only.',
          })}
        </p>
      )}
      <section class="map-whole stack-tight" aria-label={t`The whole area`}>
        <h2 class="legend-title">{t`The whole area`}</h2>
        <RowFacts row={map.total} data={map} indicator={indicator} />
      </section>
      {printing.problem && <ProblemNotice problem={printing.problem} />}
      <div class="row map-panel-acts">
        <ButtonLink href={profile}>{t`Profile`}</ButtonLink>
        <Button icon={Printer} busy={printing.busy} onClick={() => void printing.run()}>{t`Print`}</Button>
        {may('export') && <ExportMenu view={view} data={map} />}
      </div>
    </aside>
  );
}
