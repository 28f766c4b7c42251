// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { upload, type ApiProblem } from '../../../platform/web/api.ts';
import { useResource } from '../../../platform/web/resource.ts';
import type { FilePreview, TriedExpression } from '../../domain/imports-api.ts';
import { isMapFile } from './draft.ts';
import { firstRowsOf } from './first-rows.ts';
import type { Order } from './run-step.tsx';

/** What the mapping makes of the first rows, as the server works it out: the very code that will read the whole file. */
export interface Trial {
  readonly files: readonly { readonly file: string; readonly tried: readonly TriedExpression[] }[];
  /** What stands in `files` is of a mapping that has changed since, or nothing has come yet. */
  readonly busy: boolean;
  /** Why it could not be tried at all: no connection, a mapping that cannot be read. */
  readonly problem: ApiProblem | undefined;
  retry(): void;
}

const quiet = 400;

/** A value once it has stood still for a moment: nobody wants an answer about half a formula. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), quiet);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

async function tryOut({ kind, files, mapping, mappingName }: Order, signal: AbortSignal): Promise<Trial['files']> {
  const found: Trial['files'][number][] = [];
  for (const file of files.filter(({ name }) => !isMapFile(name))) {
    const form = new FormData();
    form.set('kind', kind);
    form.set('mapping', mapping);
    form.set('mappingName', mappingName);
    form.set('file', await firstRowsOf(file), file.name);
    signal.throwIfAborted();
    const { tried } = await upload<FilePreview>('/imports/preview', form, () => undefined, signal);
    if (tried) found.push({ file: file.name, tried });
  }
  return found;
}

/** Tries an order on the first rows whenever its mapping has changed. The last answer stays until the next one comes; what is no longer wanted is cancelled. */
export function useTrial(order: Order | undefined): Trial {
  const mapping = useSettled(order?.mapping);
  const ready = order !== undefined && mapping !== undefined;
  const answer = useResource(
    (signal) => (order ? tryOut({ ...order, mapping: mapping ?? order.mapping }, signal) : Promise.resolve([])),
    ready ? [mapping, order.kind, order.files] : [null],
  );
  return {
    files: answer.data ?? [],
    busy: order !== undefined && (answer.loading || mapping !== order.mapping),
    problem: answer.problem,
    retry: answer.reload,
  };
}
