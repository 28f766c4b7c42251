// SPDX-License-Identifier: AGPL-3.0-or-later
import { ArrowRight } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { useAct } from '../../platform/web/resource.ts';
import { useTitle } from '../../platform/web/router.tsx';
import { Icon } from '../../platform/web/ui/icon.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import type { Setup } from '../domain/account.ts';
import { FrontDoor } from './front-door.tsx';
import { saidByService, takeServiceWord } from './proof/service-words.ts';
import { roleDoes, roleName } from './role-words.ts';
import { signIn } from './session.ts';
import { SignInForm } from './sign-in-form.tsx';

function DemoAccounts({ accounts }: { readonly accounts: Setup['demoAccounts'] }) {
  const [chosen, setChosen] = useState('');
  const enter = useAct(signIn);
  return (
    <section class="door-demo stack" aria-labelledby="demo-title">
      <h2 id="demo-title">{t`Look around`}</h2>
      <p>{t`This is a demonstration. The province, its villages and everybody in it are made up. Choose who you want to be; no password is needed.`}</p>
      {enter.problem && <ProblemNotice problem={enter.problem} />}
      <ul role="list" class="demo-accounts">
        {accounts.map((each) => (
          <li key={each.userName}>
            <button
              type="button"
              class="demo-account"
              aria-disabled={enter.busy || undefined}
              onClick={() => {
                setChosen(each.userName);
                void enter.run(each.userName, each.password);
              }}
            >
              <span class="strong">
                {each.displayName}, {roleName(each.role)}
              </span>
              <span class="soft small">{roleDoes(each.role)}</span>
              {enter.busy && chosen === each.userName ? <span class="spinner" aria-hidden="true" /> : <Icon of={ArrowRight} turns />}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default function SignInPage({ setup }: { readonly setup: Setup }) {
  useTitle(t`Sign in`);
  const [word] = useState(takeServiceWord);
  const said = saidByService(word);
  const demo = setup.demo && setup.demoAccounts.length > 0;
  return (
    <FrontDoor>
      <div class={demo ? 'door-sides' : 'door-narrow'}>
        <section class="stack-wide">
          <h1>{t`Sign in`}</h1>
          {said && <Notice kind={said.kind} title={said.text} live />}
          <SignInForm otherService={setup.otherService} />
          <p class="soft small">{t`Forgot your password? Your administrator can give you a new one.`}</p>
        </section>
        {demo && <DemoAccounts accounts={setup.demoAccounts} />}
      </div>
    </FrontDoor>
  );
}
