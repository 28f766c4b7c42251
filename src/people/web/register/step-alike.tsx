// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loading } from '../../../platform/web/ui/states.tsx';
import type { FoundPerson } from '../../domain/person-record.ts';
import { FoundList } from '../found-list.tsx';
import { ageOf, type ChosenPlace, type MemberDraft } from './draft.ts';
import { StepForm } from './step.tsx';

/** Alike enough to ask; ages that are known and far apart are two people. */
const leastLikeness = 0.75;
const mostYearsApart = 5;

interface Props {
  readonly member: MemberDraft;
  readonly place: ChosenPlace;
  readonly onNone: () => void;
  readonly onIsHer: () => void;
  readonly onBack: () => void;
}

/** Whether she is registered here already, under a name that is written a little differently perhaps. */
export function AlikeStep({ member, place, onNone, onIsHer, onBack }: Props) {
  const age = ageOf(member);
  const alike = useResource(
    async (signal) => {
      const asked = { text: member.full.trim(), placeId: place.placeId, limit: 8 };
      const { found } = await api.post<{ found: FoundPerson[] }>('/people/search', asked, { signal });
      return found.filter(
        (each) => each.likeness >= leastLikeness && (age === null || each.age === null || Math.abs(each.age - age) <= mostYearsApart),
      );
    },
    ['alike', member.personId, member.full, place.placeId],
  );
  const nobody = alike.data?.length === 0;
  useEffect(() => {
    if (nobody) onNone();
  }, [nobody]);
  return (
    <StepForm title={t`Is it one of these?`} onBack={onBack} more={<Button kind="primary" onClick={onNone}>{t`No, somebody else`}</Button>}>
      {alike.problem ? (
        <>
          <ProblemNotice problem={alike.problem} />
          <p>{t`Whether this person is registered already could not be looked up. You may try again or go on.`}</p>
          <div class="row">
            <Button onClick={alike.reload}>{t`Try again`}</Button>
          </div>
        </>
      ) : alike.data ? (
        <>
          <p>{t`Here people with a similar name are registered already. That you saw their names is recorded.`}</p>
          <FoundList found={alike.data} action={{ label: t`Yes, it is the same person`, run: onIsHer }} />
        </>
      ) : (
        <Loading label={t`Looking whether this person is registered already…`} />
      )}
    </StepForm>
  );
}
