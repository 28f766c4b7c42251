// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect } from 'preact/hooks';
import { api, ApiProblem, type FailureCode } from '../../../platform/web/api.ts';
import { useResource, type Resource } from '../../../platform/web/resource.ts';
import type { ImportReport } from '../../domain/import-report.ts';
import type { ImportState } from '../../domain/imports-api.ts';

export type ImportKind = ImportReport['kind'];
export type Batch = ImportState;

/** One import, asked for again every second while it runs. */
export function useBatch(batchId: string | undefined): Resource<Batch> {
  const batch = useResource(
    (signal) => api.get<Batch>(`/imports/${batchId ?? ''}`, undefined, { signal }),
    batchId ? ['batch', batchId] : [null],
  );
  const running = batch.data?.state === 'running';
  const { reload, loading } = batch;
  useEffect(() => {
    if (!running || loading) return undefined;
    const timer = setTimeout(reload, 1000);
    return () => clearTimeout(timer);
  }, [running, loading, reload]);
  return batch;
}

/** A dry run left nothing, and the same file given again brought nothing. */
export const canBeUndone = ({ state, dryRun, report }: Batch): boolean => state === 'done' && !dryRun && !report?.sameAs;

/** Why an import failed, as the notices show it. */
export function failureOf({ problem }: Batch): ApiProblem | undefined {
  return problem ? new ApiProblem(422, problem.code as FailureCode, problem.code, problem.detail, problem.at ?? undefined) : undefined;
}
