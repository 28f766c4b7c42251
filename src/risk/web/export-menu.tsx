// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { Download, FileSpreadsheet, MapPinned, Sheet } from 'lucide';
import { apiPath } from '../../platform/web/api.ts';
import { language } from '../../platform/web/i18n.ts';
import { Icon } from '../../platform/web/ui/icon.tsx';
import { Menu } from '../../platform/web/ui/menu.tsx';
import type { MapData } from '../domain/map-data.ts';
import { mapQuery, type ViewState } from './view-state.ts';

/** Files of exactly what is on screen: the same address as the map's own figures, with the file's ending. */
export function ExportMenu({ view, data }: { view: ViewState; data: MapData }) {
  const query = mapQuery({ ...view, level: data.level, instrument: data.instrument.code }, data.place.placeId, language().code);
  const href = (ending: string) => apiPath(`/map.${ending}`, query);
  return (
    <Menu label={t`Export`} icon={Download} showLabel class="export-menu">
      <a href={href('csv')} download>
        <Icon of={Sheet} />
        {t`CSV with HXL tags`}
      </a>
      <a href={href('xlsx')} download>
        <Icon of={FileSpreadsheet} />
        {t`Excel (XLSX)`}
      </a>
      <a href={href('geojson')} download>
        <Icon of={MapPinned} />
        {t`GeoJSON with outlines`}
      </a>
      {data.exact && (
        <p class="small soft export-note">{t`A file may be passed on, so it leaves out figures of fewer than ${data.threshold} people, also those you see here.`}</p>
      )}
    </Menu>
  );
}
