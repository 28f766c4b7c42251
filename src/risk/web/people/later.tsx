// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiProblem } from '../../../platform/web/api.ts';
import { ErrorState, Loading } from '../../../platform/web/ui/states.tsx';
import type { PersonKey } from '../../domain/people-list.ts';
import type { Gone } from './as-of.tsx';

/** A part of another room's page, whose code is fetched when it is first shown. */
function Later<P extends object>({ load, props }: { readonly load: () => Promise<ComponentType<P>>; readonly props: P }) {
  const [part, setPart] = useState<{ readonly View: ComponentType<P> } | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    load().then(
      (View) => setPart({ View }),
      () => setProblem(new ApiProblem(0, 'offline', 'No answer')),
    );
  }, []);
  if (part) return <part.View {...props} />;
  return problem ? <ErrorState problem={problem} onRetry={() => location.reload()} /> : <Loading />;
}

const loadPerson = () => import('./person-risk.tsx').then((module) => module.PersonRisk);
const loadHousehold = () => import('./household-risk.tsx').then((module) => module.HouseholdRisk);

/** How a person stands, why, what to ask again, and everything recorded: for the page about her. */
export function PersonRisk(props: PersonKey & { readonly gone?: Gone | undefined }) {
  return <Later load={loadPerson} props={props} />;
}

/** The same for a household. `names` by "regionId personId", where the page around has them. */
export function HouseholdRisk(props: {
  readonly regionId: number;
  readonly householdId: string;
  readonly names?: ReadonlyMap<string, string>;
}) {
  return <Later load={loadHousehold} props={props} />;
}
