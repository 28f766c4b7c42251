// SPDX-License-Identifier: AGPL-3.0-or-later
import { LogOut } from 'lucide';
import { t } from '@lingui/core/macro';
import { chooseScheme, schemeChoice } from '../../platform/web/preferences.ts';
import { useAct } from '../../platform/web/resource.ts';
import { me } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Segmented } from '../../platform/web/ui/segmented.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondProofSection } from './proof/second-proof-section.tsx';
import { ServiceSection } from './proof/service-section.tsx';
import { SessionsSection } from './proof/sessions-section.tsx';
import { postReach, roleDoes, roleName } from './role-words.ts';
import { signOut } from './session.ts';

/** Light, dark, or as the device is set. */
export function SchemeChoice() {
  return (
    <Segmented
      label={t`Colours`}
      value={schemeChoice.value}
      onChange={chooseScheme}
      options={[
        { value: 'system', label: t`As this device` },
        { value: 'light', label: t`Light` },
        { value: 'dark', label: t`Dark` },
      ]}
    />
  );
}

/** Where somebody works: her organisation, her area, or all; nothing for whoever reads the own record alone. */
function Reach({ of }: { readonly of: Parameters<typeof postReach>[0] }) {
  const reach = postReach(of, t`the whole installation`);
  return reach && <bdi>: {reach}</bdi>;
}

export default function AccountPage() {
  const leave = useAct(signOut);
  const person = me.value;
  if (!person) return null;
  return (
    <Page
      title={t`Your account`}
      lead={
        <>
          {person.displayName} <span class="nowrap">({person.userName})</span>
        </>
      }
    >
      <section class="stack" aria-labelledby="posts-title">
        <h2 id="posts-title">{t`Your work here`}</h2>
        {person.posts.length === 0 && (
          <p>{t`You hold no post yet, so there is little you can see. Ask your administrator to give you one.`}</p>
        )}
        <ul role="list" class="stack">
          {person.posts.map((post) => (
            <li key={`${post.role} ${post.place?.placeId ?? ''}`}>
              <p class="strong">
                {roleName(post.role)}
                <Reach of={post} />
              </p>
              <p class="soft">{roleDoes(post.role)}</p>
            </li>
          ))}
        </ul>
      </section>
      <section class="stack" aria-labelledby="screen-title">
        <h2 id="screen-title">{t`Screen`}</h2>
        <LanguageChoice showLabel />
        <SchemeChoice />
      </section>
      <section class="stack" aria-labelledby="password-title">
        <h2 id="password-title">{t`Change your password`}</h2>
        <PasswordForm userName={person.userName} />
      </section>
      <SecondProofSection />
      <SessionsSection />
      <ServiceSection />
      <section class="stack" aria-labelledby="leave-title">
        <h2 id="leave-title">{t`Leave`}</h2>
        <p>{t`On a computer or phone that others use, always sign out when you are done.`}</p>
        {leave.problem && <ProblemNotice problem={leave.problem} />}
        <div class="row">
          <Button icon={LogOut} busy={leave.busy} onClick={() => void leave.run()}>{t`Sign out`}</Button>
        </div>
      </section>
    </Page>
  );
}
