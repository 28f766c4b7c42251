// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Link, useTitle } from '../../../platform/web/router.tsx';
import { me } from '../../../platform/web/session.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { PasswordField, TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { FrontDoor } from '../front-door.tsx';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { useProving } from './fresh-proof.tsx';

/** For a bad moment: what to do first, in order, and the one thing that can be done from here. */
export default function LostPhonePage() {
  useTitle(t`My phone is lost`);
  const isIn = me.value && !me.value.missing;
  return (
    <FrontDoor>
      <div class="door-narrow stack-wide">
        <div class="stack">
          <h1>{t`My phone is lost`}</h1>
          <p class="lead">{t`Take a breath. Waymark keeps no lists of people on a phone that is signed out, so signing it out comes first.`}</p>
        </div>
        {isIn ? <FromHere /> : <FromAnywhere />}
        <section class="stack" aria-labelledby="paper-title">
          <h2 id="paper-title">{t`You have no recovery code?`}</h2>
          <p>{t`Go to your administrator, or to the officer who invited you, in person or by a call in which they know your voice. They sign the phone out at once and give you a code on paper.`}</p>
          <p>
            <Link href="/welcome">{t`I was given a code`}</Link>
          </p>
        </section>
        <section class="stack" aria-labelledby="after-title">
          <h2 id="after-title">{t`Afterwards`}</h2>
          <ul>
            <li>{t`Sign in, choose a new password, and set up a second proof on your new phone.`}</li>
            <li>{t`Tell your officer that the phone is gone, also if it comes back: somebody may have looked into it.`}</li>
            <li>{t`Ask your phone company to block the number.`}</li>
          </ul>
        </section>
        <p>
          <Link href="/">{isIn ? t`Back to the start page` : t`Back to signing in`}</Link>
        </p>
      </div>
    </FrontDoor>
  );
}

/** Signed in on another device. */
function FromHere() {
  const [done, setDone] = useState(false);
  const proving = useProving();
  const end = useAct(async () => {
    await proving.withProof(() => api.post('/me/lost-phone'));
    setDone(true);
  });
  if (done)
    return (
      <Notice kind="good" title={t`The phone is signed out`} live>
        {t`Its app and its passkeys open nothing any more.`} <Link href="/account">{t`Set up a second proof on your new phone.`}</Link>
      </Notice>
    );
  return (
    <section class="stack">
      <p>{t`This signs you out everywhere but here, and lets the code app and all passkeys of your account prove nothing any more. You may be asked for a recovery code.`}</p>
      {end.problem && <ProblemNotice problem={end.problem} />}
      <div class="row">
        <Button kind="danger" busy={end.busy} onClick={() => void end.run()}>{t`Sign the phone out now`}</Button>
      </div>
      {proving.dialog}
    </section>
  );
}

function FromAnywhere() {
  const [given, setGiven] = useState({ username: '', password: '', code: '' });
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const send = useAct(() => api.post('/auth/lost-phone', { ...given, username: given.username.trim().toLowerCase() }));
  const [done, setDone] = useState(false);
  const whole = given.username.trim() !== '' && given.password !== '' && given.code.trim().length >= 6;
  const checked = tries > 0;
  const set = (change: Partial<typeof given>) => setGiven((before) => ({ ...before, ...change }));
  if (done)
    return (
      <Notice kind="good" title={t`You are signed out everywhere`} live>
        {t`The code app and the passkeys of the phone open nothing any more. That recovery code is used up; the others stay good.`}
      </Notice>
    );
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (whole && (await send.run())) setDone(true);
    else setTries((before) => before + 1);
  };
  return (
    <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <p>{t`With your password and one recovery code from your paper you sign the phone out from here, and its code app and passkeys open nothing any more.`}</p>
      {send.problem && <ProblemNotice problem={send.problem} />}
      <TextField
        label={t`User name`}
        value={given.username}
        onInput={(username) => set({ username })}
        autoComplete="username"
        exact
        required
        error={checked && !given.username.trim() ? t`Enter your user name` : undefined}
      />
      <PasswordField
        label={t`Password`}
        value={given.password}
        onInput={(password) => set({ password })}
        autoComplete="current-password"
        error={checked && !given.password ? t`Enter your password` : undefined}
      />
      <TextField
        label={t`Recovery code`}
        value={given.code}
        onInput={(code) => set({ code })}
        autoComplete="off"
        maxLength={40}
        exact
        required
        error={checked && given.code.trim().length < 6 ? t`Enter the code` : undefined}
      />
      <Button kind="danger" type="submit" busy={send.busy}>{t`Sign the phone out now`}</Button>
    </form>
  );
}
