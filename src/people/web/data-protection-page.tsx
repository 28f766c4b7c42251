// SPDX-License-Identifier: AGPL-3.0-or-later
import { ScrollText } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { useLostFocus } from '../../platform/web/ui/lost-focus.ts';
import { Notice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import type { LawfulBasis } from '../domain/basis.ts';
import { BasisDialog } from './basis-dialog.tsx';
import { DataProtectionMore } from './data-protection-more.tsx';
import './people.css';
import { todayHere } from './register/draft.ts';
import { groundWord, purposeName } from './words.ts';

export interface PeopleSettings {
  readonly peopleKept: boolean;
  readonly bases: readonly LawfulBasis[];
}

/** Where the data protection officer begins: on which lawful basis people are recorded, and the way to who looked at whom. */
export default function DataProtectionPage() {
  const settings = useResource((signal) => api.get<PeopleSettings>('/people/settings', undefined, { signal }), ['people-settings']);
  const [open, setOpen] = useState<'new' | LawfulBasis | undefined>(undefined);
  const put = (bases: readonly LawfulBasis[]) => settings.put({ peopleKept: settings.data?.peopleKept ?? false, bases });
  return (
    <Page
      title={t`Data protection`}
      lead={t`What people ask for, how long records are kept, on which lawful basis people are recorded, and who looked at whom.`}
      actions={may('audit.read-whole') && <ButtonLink href="/audit/reads" icon={ScrollText}>{t`Who looked at whom`}</ButtonLink>}
    >
      <Loaded of={settings}>
        {({ peopleKept, bases }) => (
          <div class="stack-wide">
            <Notice kind={peopleKept ? 'info' : 'good'}>
              {peopleKept
                ? t`This installation keeps records of people. An administrator switched that on.`
                : t`This installation keeps no records of people: only places and figures. An administrator can switch that on once a lawful basis is stated.`}
            </Notice>
            <DataProtectionMore />
            <Bases bases={bases} onNew={() => setOpen('new')} onEnd={setOpen} />
          </div>
        )}
      </Loaded>
      {open === 'new' && <BasisDialog onClose={() => setOpen(undefined)} onStated={put} />}
      {typeof open === 'object' && (
        <ConfirmDialog
          title={t`End this lawful basis?`}
          action={t`End it`}
          onConfirm={async () => put(await api.post<LawfulBasis[]>(`/people/bases/${open.basisId}/end`, { version: open.version }))}
          onClose={() => setOpen(undefined)}
        >
          <p class="strong">
            <bdi>{open.title}</bdi>
          </p>
          <p>{t`Nobody is registered on it from now on. Who was registered on it stays; what becomes of those records is yours to decide: from the next night on they are listed under How long records are kept.`}</p>
        </ConfirmDialog>
      )}
    </Page>
  );
}

interface BasesProps {
  readonly bases: readonly LawfulBasis[];
  readonly onNew: () => void;
  readonly onEnd: (basis: LawfulBasis) => void;
}

function Bases({ bases, onNew, onEnd }: BasesProps) {
  const head = useLostFocus(bases);
  const state = may('basis.manage') && <Button kind="primary" onClick={onNew}>{t`State a lawful basis`}</Button>;
  if (bases.length === 0)
    return (
      <EmptyState title={t`No lawful basis is stated yet`} action={state}>
        {t`It says which law or agreement lets people be recorded. Without one nobody can be.`}
      </EmptyState>
    );
  return (
    <section class="stack" aria-labelledby="bases">
      <div class="row">
        <h2 id="bases" tabIndex={-1} ref={head}>{t`Lawful bases`}</h2>
        <span class="push">{state}</span>
      </div>
      <ul role="list" class="people-list">
        {bases.map((basis) => (
          <Basis key={basis.basisId} basis={basis} onEnd={onEnd} />
        ))}
      </ul>
    </section>
  );
}

function Basis({ basis, onEnd }: { readonly basis: LawfulBasis; readonly onEnd: (basis: LawfulBasis) => void }) {
  const [from, ended] = [day(basis.fromOn), basis.endedAt ? day(basis.endedAt) : ''];
  return (
    <li>
      <div class="stack-tight">
        <p class="strong">
          <bdi>{basis.title}</bdi>
        </p>
        <p>
          {groundWord(basis.ground)}. {basis.needsConsent ? t`Each person is asked.` : t`People are told, and not asked.`}
        </p>
        <p class="soft">
          <bdi>{basis.citation}</bdi>
        </p>
        <p class="soft small">
          {ended ? t`From ${from} to ${ended}` : basis.fromOn > todayHere() ? t`In force from ${from}` : t`In force since ${from}`} ·{' '}
          {basis.purposes.map(purposeName).join(', ')}
        </p>
      </div>
      {may('basis.manage') && basis.endedAt === null && (
        <Button onClick={() => onEnd(basis)} label={t`End it: ${basis.title}`}>{t`End it`}</Button>
      )}
    </li>
  );
}
