// SPDX-License-Identifier: AGPL-3.0-or-later
import { LogOut, Settings } from 'lucide';
import { t } from '@lingui/core/macro';
import { useAct } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { me } from '../../platform/web/session.ts';
import { Icon } from '../../platform/web/ui/icon.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { roleName } from './role-words.ts';
import { signOut } from './session.ts';

/** The inside of the frame's account menu. */
export function AccountMenu() {
  const leave = useAct(signOut);
  const person = me.value;
  if (!person) return null;
  return (
    <>
      <div class="menu-text">
        <p class="strong">{person.displayName}</p>
        <p class="soft small">{person.roles.map(roleName).join(', ') || t`No post yet`}</p>
      </div>
      <div class="menu-text">
        <LanguageChoice showLabel />
      </div>
      <hr />
      <Link href="/account">
        <Icon of={Settings} />
        {t`Your account, colours`}
      </Link>
      <button type="button" data-stay onClick={() => void leave.run()}>
        <Icon of={LogOut} />
        {t`Sign out`}
      </button>
      {leave.problem && <ProblemNotice problem={leave.problem} />}
    </>
  );
}
