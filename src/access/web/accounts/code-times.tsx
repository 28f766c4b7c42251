// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource, type Resource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { CodeTimes as Times } from '../../domain/invitation.ts';

/** How long invitations and ways back in are good: one setting of the installation. */
export function CodeTimes() {
  const times = useResource((signal) => api.get<Times>('/code-times', undefined, { signal }), ['code-times']);
  return (
    <section class="stack" aria-labelledby="code-times-title">
      <h2 id="code-times-title">{t`How long codes last`}</h2>
      <p>{t`For codes that are issued from now on.`}</p>
      <Loaded of={times}>{(data) => <TimesForm now={data} of={times} />}</Loaded>
    </section>
  );
}

const whole = (text: string, most: number): number | undefined => {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
};

function TimesForm({ now, of }: { readonly now: Times; readonly of: Resource<Times> }) {
  const [days, setDays] = useState(String(now.invitationDays));
  const [hours, setHours] = useState(String(now.recoveryHours));
  const [saved, setSaved] = useState(false);
  const [invitationDays, recoveryHours] = [whole(days, 60), whole(hours, 168)];
  const save = useAct(async () => {
    of.put(await api.patch<Times>('/code-times', { invitationDays, recoveryHours }));
    setSaved(true);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (invitationDays !== undefined && recoveryHours !== undefined) void save.run();
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <TextField
        label={t`Invitations, in days`}
        type="number"
        min="1"
        max="60"
        value={days}
        onInput={setDays}
        error={invitationDays === undefined ? t`Enter a whole number from 1 to 60` : undefined}
      />
      <TextField
        label={t`Ways back in, in hours`}
        type="number"
        min="1"
        max="168"
        value={hours}
        onInput={setHours}
        error={recoveryHours === undefined ? t`Enter a whole number from 1 to 168` : undefined}
      />
      {save.problem && <ProblemNotice problem={save.problem} />}
      {saved && <Notice kind="good" title={t`Saved`} live />}
      <div class="row">
        <Button type="submit" busy={save.busy}>{t`Save how long codes last`}</Button>
      </div>
    </form>
  );
}
