// SPDX-License-Identifier: AGPL-3.0-or-later
import { RotateCw } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import type { ApiProblem } from '../api.ts';
import { inReadersWords } from '../details.ts';
import { problemAdvice, problemPlace, problemTitle } from '../problem-words.ts';
import type { Resource } from '../resource.ts';
import { Button } from './button.tsx';

/** Says nothing for the first moment: most answers come before anybody needs to be told. */
export function Loading({ label }: { readonly label?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="state" role="status" aria-busy="true">
      {late && (
        <p class="row soft">
          <span class="spinner" aria-hidden="true" />
          {label ?? t`Loading…`}
        </p>
      )}
    </div>
  );
}

interface EmptyProps {
  /** What will stand here. */
  readonly title: string;
  readonly children?: ComponentChildren;
  /** The one button that makes it so. */
  readonly action?: ComponentChildren;
}

export function EmptyState({ title, children, action }: EmptyProps) {
  return (
    <div class="state state-empty">
      <h2>{title}</h2>
      {children && <div class="soft">{children}</div>}
      {action && <div class="row">{action}</div>}
    </div>
  );
}

/** What failed, that nothing is lost, and what to do. */
export function ErrorState({ problem, onRetry }: { readonly problem: ApiProblem; readonly onRetry?: () => void }) {
  const place = problemPlace(problem);
  return (
    <div class="state state-error" role="alert">
      <h2>{problemTitle(problem)}</h2>
      {place && (
        <p>
          <bdi>{place}</bdi>
        </p>
      )}
      {problem.detail && (
        <p class="soft">
          <bdi>{inReadersWords(problem.detail)}</bdi>
        </p>
      )}
      {problemAdvice(problem) && <p>{problemAdvice(problem)}</p>}
      {onRetry && (
        <div class="row">
          <Button icon={RotateCw} onClick={onRetry}>{t`Try again`}</Button>
        </div>
      )}
    </div>
  );
}

interface LoadedProps<T> {
  readonly of: Resource<T>;
  /** Whether the answer holds nothing, and what to say then. */
  readonly isEmpty?: (data: T) => boolean;
  readonly empty?: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** All four states of something fetched. Old data stays in view while it is fetched again, and above a failure. */
export function Loaded<T>({ of: { data, problem, loading, reload }, isEmpty, empty, children }: LoadedProps<T>) {
  if (data === undefined) return problem ? <ErrorState problem={problem} onRetry={reload} /> : <Loading />;
  return (
    <div class="loaded" aria-busy={loading}>
      {problem && <ErrorState problem={problem} onRetry={reload} />}
      {isEmpty?.(data) ? empty : children(data)}
    </div>
  );
}
