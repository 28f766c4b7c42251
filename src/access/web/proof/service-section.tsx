// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api, type ApiProblem } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { useLostFocus } from '../../../platform/web/ui/lost-focus.ts';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { useProving } from './fresh-proof.tsx';
import { LinkList, type Links } from './link-list.tsx';
import { saidByService, takeServiceWord } from './service-words.ts';

/** Signing in through another service, for those whose office has one; nothing at all where it has none. */
export function ServiceSection() {
  const links = useResource((signal) => api.get<Links>('/me/links', undefined, { signal }), ['links']);
  const [word, setWord] = useState(takeServiceWord);
  const proving = useProving();
  const start = useAct(async () => {
    setWord(null);
    location.assign((await proving.withProof(() => api.post<{ url: string }>('/auth/oidc/start', { link: true }))).url);
  });
  const end = useAct(async (linkId: string) => {
    setWord(null);
    await proving.withProof(() => api.delete(`/me/links/${linkId}`));
    links.reload();
  });
  const service = links.data?.service;
  const head = useLostFocus(links.data?.rows.length);
  useEffect(() => {
    // She comes back to the top of a long page; what became of it is said far below.
    if (service && word) head.current?.focus();
  }, [service]);
  if (!service) return null;
  const said = saidByService(word, true);
  const problem = start.problem ?? end.problem;
  return (
    <section class="stack" aria-labelledby="service-title">
      <h2 id="service-title" tabIndex={-1} ref={head}>{t`Sign in with ${service}`}</h2>
      {said && <Notice kind={said.kind} title={said.text} live />}
      <p>{t`Link your account, and you can come in through ${service} without the password of Waymark.`}</p>
      {problem && <Refusal problem={problem} />}
      <LinkList rows={links.data?.rows ?? []} end={end} />
      <div class="row">
        <Button busy={start.busy} onClick={() => void start.run()}>{t`Link with ${service}`}</Button>
      </div>
      {proving.dialog}
    </section>
  );
}

/** That the service is away is told otherwise to somebody who is signed in. */
function Refusal({ problem }: { readonly problem: ApiProblem }) {
  const away = problem.code === 'provider-away' && saidByService('away', true);
  return away ? <Notice kind={away.kind} title={away.text} live /> : <ProblemNotice problem={problem} />;
}
