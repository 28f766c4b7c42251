// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useAct } from '../../../platform/web/resource.ts';
import { useTitle } from '../../../platform/web/router.tsx';
import { me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { FrontDoor } from '../front-door.tsx';
import { loadMe, signOut } from '../session.ts';
import { Enrolment } from './enrolment.tsx';
import { SecondStep } from './second-step.tsx';

/** The password was right; something is still missing before anything opens. Afterwards the page that was asked for does. */
export default function HalfWayPage() {
  const enrols = me.value?.missing === 'enrolment';
  const leave = useAct(signOut);
  const enter = useAct(loadMe);
  useTitle(enrols ? t`Set up a second proof` : t`Second proof`);
  const name = me.value?.displayName ?? '';
  return (
    <FrontDoor>
      <div class="door-narrow stack-wide">
        <div class="stack">
          <h1>{enrols ? t`Set up a second proof` : t`Second proof`}</h1>
          <p class="lead">
            {enrols
              ? t`${name}, your work opens things about people that a password alone should not guard: passwords are guessed, seen and given away. This takes two minutes, once.`
              : t`${name}, your password is right. Now show that it is really you.`}
          </p>
        </div>
        {enter.problem && <ProblemNotice problem={enter.problem} />}
        {enrols ? <Enrolment onDone={() => void enter.run()} /> : <SecondStep onDone={() => void enter.run()} />}
        {leave.problem && <ProblemNotice problem={leave.problem} />}
        <div class="row">
          <Button kind="quiet" busy={leave.busy} onClick={() => void leave.run()}>{t`Sign out`}</Button>
        </div>
      </div>
    </FrontDoor>
  );
}
