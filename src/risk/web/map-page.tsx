// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Upload } from 'lucide';
import { useTitle } from '../../platform/web/router.tsx';
import { useResource } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { ButtonLink } from '../../platform/web/ui/button.tsx';
import { EmptyState, ErrorState, Loading } from '../../platform/web/ui/states.tsx';
import { MapView } from './map-view.tsx';
import './map-page.css';
import { useView } from './use-view.ts';
import { loadInstrument, loadInstruments } from './view-data.ts';

/** `/map`: where the risk lies, as a map and as its table. */
export default function MapPage() {
  const { view, shown, change } = useView();
  const instruments = useResource(loadInstruments, ['instruments']);
  const { data, problem, loading, reload } = shown;
  const code = data?.map.instrument.code;
  const instrument = useResource((signal) => loadInstrument(code ?? '', signal), code ? ['instrument', code] : [null]);
  useTitle(t`Map`);
  if (data === undefined) return <div class="page">{problem ? <ErrorState problem={problem} onRetry={reload} /> : <Loading />}</div>;
  if (data === null) return <NoPlaces />;
  return (
    <div class="map-page" aria-busy={loading}>
      {problem && (
        <div class="map-problem">
          <ErrorState problem={problem} onRetry={reload} />
        </div>
      )}
      <MapView
        view={view}
        data={data}
        instruments={instruments.data ?? []}
        instrument={instrument.data?.code === code ? instrument.data : undefined}
        change={change}
      />
    </div>
  );
}

function NoPlaces() {
  return (
    <div class="page">
      <h1 tabIndex={-1}>{t`Map`}</h1>
      <EmptyState
        title={t`No places yet`}
        action={
          may('places.import') ? (
            <ButtonLink kind="primary" icon={Upload} href="/imports/new?kind=places">{t`Load your country's files`}</ButtonLink>
          ) : undefined
        }
      >
        <p>{t`This page will show where risk is high, medium or low: from the country down to the village, as a map and as a table.`}</p>
        {may('places.import') ? (
          <p>{t`Begin with a file of administrative areas and their boundaries.`}</p>
        ) : (
          <p>{t`Somebody who may load places has to begin: a coordinator or an administrator.`}</p>
        )}
      </EmptyState>
    </div>
  );
}
