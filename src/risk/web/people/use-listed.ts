// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { language } from '../../../platform/web/i18n.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import type { ListView } from './people-data.ts';

interface PageOf<Row> {
  readonly rows: readonly Row[];
  readonly after: string | null;
}
export interface Shown<Row, Page extends PageOf<Row>> {
  /** Of which question. */
  readonly of: string;
  readonly page: Page;
  readonly rows: readonly Row[];
}

/** The first page of a list, and those after it as they are asked for. Rows once each: what changed between two pages may come again. */
export function useListed<Row, Page extends PageOf<Row>>(
  view: ListView,
  load: (view: ListView, locale: string, after: string | null, signal?: AbortSignal) => Promise<Page>,
  keyOf: (row: Row) => string,
) {
  const locale = language().code;
  const wanted = JSON.stringify([view, locale]);
  const first = useResource((signal) => load(view, locale, null, signal), [wanted]);
  const [more, setMore] = useState<Shown<Row, Page> | null>(null);
  const shown: Shown<Row, Page> | undefined =
    more?.of === wanted ? more : first.data && { of: wanted, page: first.data, rows: first.data.rows };
  const next = useAct(async () => {
    if (!shown?.page.after) return;
    const page = await load(view, locale, shown.page.after);
    setMore({ of: wanted, page, rows: [...new Map([...shown.rows, ...page.rows].map((row) => [keyOf(row), row])).values()] });
  });
  return { first, shown, next };
}
