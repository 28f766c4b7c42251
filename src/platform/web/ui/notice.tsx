// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide';
import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api.ts';
import { inReadersWords } from '../details.ts';
import { problemAdvice, problemPlace, problemTitle } from '../problem-words.ts';
import { Link } from '../router.tsx';
import { Icon } from './icon.tsx';

export type NoticeKind = 'info' | 'good' | 'warning' | 'danger';
const icons = { info: Info, good: CircleCheck, warning: TriangleAlert, danger: CircleAlert } as const;

interface Props {
  readonly kind?: NoticeKind;
  readonly title?: string;
  readonly children?: ComponentChildren;
  /** Read out as soon as it appears; for what answers an act of the reader. */
  readonly live?: boolean;
}

export function Notice({ kind = 'info', title, children, live = false }: Props) {
  const role = live ? ({ role: kind === 'danger' ? 'alert' : 'status' } as const) : {};
  return (
    <div class={`notice notice-${kind}`} {...role}>
      <Icon of={icons[kind]} />
      <div class="stack-tight">
        {title && <p class="strong">{title}</p>}
        {children && <div>{children}</div>}
      </div>
    </div>
  );
}

interface ProblemProps {
  readonly problem: ApiProblem;
  /** What stands there by now, where that was loaded because somebody else had changed it (orReload). */
  readonly now?: string | undefined;
}

/** Why an act failed, in place, beside what was entered (which stays). */
export function ProblemNotice({ problem, now }: ProblemProps) {
  const place = problemPlace(problem);
  const isLoaded = now !== undefined && problem.code === 'changed-meanwhile' && !problem.joined;
  const advice = isLoaded
    ? t`It says now: ${now}. What you entered is still here: save it again if it should stand.`
    : problemAdvice(problem);
  return (
    <Notice kind="danger" title={problemTitle(problem)} live>
      <div class="stack-tight">
        {place && (
          <p>
            <bdi>{place}</bdi>
          </p>
        )}
        {problem.detail && !problem.joined && (
          <p>
            <bdi>{inReadersWords(problem.detail)}</bdi>
          </p>
        )}
        {advice && <p>{advice}</p>}
        {problem.joined && (
          <p>
            <Link href={`/people/${problem.joined.regionId}/${problem.joined.personId}`}>{t`Open the record that is kept`}</Link>
          </p>
        )}
      </div>
    </Notice>
  );
}
