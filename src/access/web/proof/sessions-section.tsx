// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api, ApiProblem } from '../../../platform/web/api.ts';
import { moment } from '../../../platform/web/format.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { useLostFocus } from '../../../platform/web/ui/lost-focus.ts';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { OpenSession } from '../../domain/proof.ts';
import './proof.css';

function deviceWords({ browser, system }: OpenSession): string {
  if (browser && system) return t`${browser} on ${system}`;
  return browser ?? system ?? t`A device`;
}

/** Where somebody is signed in, and the way to end it. */
export function SessionsSection() {
  const sessions = useResource((signal) => api.get<{ rows: OpenSession[] }>('/me/sessions', undefined, { signal }), ['sessions']);
  const end = useAct(async (path: string) => {
    await api.delete(path).catch((error: unknown) => {
      // Signed out already, by itself or from elsewhere: that is what was wanted.
      if (!(error instanceof ApiProblem) || error.code !== 'not-found') throw error;
    });
    sessions.reload();
  });
  const head = useLostFocus(sessions.data?.rows.length);
  return (
    <section class="stack" aria-labelledby="sessions-title">
      <h2 id="sessions-title" tabIndex={-1} ref={head}>{t`Where you are signed in`}</h2>
      <p>{t`Is there a device that you do not know? Sign it out and change your password. Where a device was is not kept.`}</p>
      {end.problem && <ProblemNotice problem={end.problem} />}
      <Loaded of={sessions}>
        {({ rows }) => (
          <div class="stack">
            <ul role="list" class="proof-list">
              {rows.map((row) => (
                <li key={row.sessionId}>
                  <span>
                    <bdi class="strong">{deviceWords(row)}</bdi>{' '}
                    <span class="soft">
                      {row.current ? t`this device` : row.seenAt ? t`last seen ${moment(row.seenAt)}` : ''}
                      {'; '}
                      {t`signed in ${moment(row.signedInAt)}`}
                    </span>
                  </span>
                  {!row.current && (
                    <Button
                      kind="quiet"
                      busy={end.busy}
                      label={t`Sign out ${deviceWords(row)}, signed in ${moment(row.signedInAt)}`}
                      onClick={() => void end.run(`/me/sessions/${encodeURIComponent(row.sessionId)}`)}
                    >{t`Sign out`}</Button>
                  )}
                </li>
              ))}
            </ul>
            {rows.length > 1 && (
              <div class="row">
                <Button busy={end.busy} onClick={() => void end.run('/me/sessions')}>{t`Sign out all other devices`}</Button>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </section>
  );
}
