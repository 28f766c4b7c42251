// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { useProving } from './fresh-proof.tsx';
import { LinkList, type Links } from './link-list.tsx';
import { saidByService } from './service-words.ts';

/** Signing in through another service, for those whose office has one; nothing at all where it has none. */
export function ServiceSection() {
  const links = useResource((signal) => api.get<Links>('/me/links', undefined, { signal }), ['links']);
  const [said] = useState(() => saidByService(new URLSearchParams(location.search).get('sso')));
  const proving = useProving();
  const start = useAct(async () => {
    location.assign((await proving.withProof(() => api.post<{ url: string }>('/auth/oidc/start', { link: true }))).url);
  });
  const end = useAct(async (linkId: string) => {
    await proving.withProof(() => api.delete(`/me/links/${linkId}`));
    links.reload();
  });
  const service = links.data?.service;
  if (!service) return null;
  return (
    <section class="stack" aria-labelledby="service-title">
      <h2 id="service-title">{t`Sign in with ${service}`}</h2>
      {said && <Notice kind={said.kind} title={said.text} />}
      <p>{t`Link your account, and you can come in through ${service} without the password of Waymark.`}</p>
      {(start.problem ?? end.problem) && <ProblemNotice problem={(start.problem ?? end.problem)!} />}
      <LinkList rows={links.data?.rows ?? []} end={end} />
      <div class="row">
        <Button busy={start.busy} onClick={() => void start.run()}>{t`Link with ${service}`}</Button>
      </div>
      {proving.dialog}
    </section>
  );
}
