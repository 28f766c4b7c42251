// SPDX-License-Identifier: AGPL-3.0-or-later
import { Eye, EyeOff } from 'lucide';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Link } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import type { NamedIdentity, PersonRecord } from '../domain/person-record.ts';
import { householdAddress, personAddress } from './addresses.ts';
import { useBriefly } from '../../platform/web/briefly.ts';
import { IdentityDetails } from './names.tsx';
import { ageWords, bornWords, sexWord, stateWords } from './words.ts';

/** Who somebody is, behind one deliberate act; it closes by itself. */
export function NameBox({ record }: { readonly record: PersonRecord }) {
  const [known, show, hide] = useBriefly<NamedIdentity>();
  const asking = useAct(async () => show(await api.get<NamedIdentity>(`${personAddress(record)}/identity`)));
  if (known)
    return (
      <div class="stack-tight">
        <IdentityDetails {...known} />
        <div class="row">
          <Button icon={EyeOff} onClick={hide}>{t`Hide the name`}</Button>
          <span class="soft small">{t`It hides by itself after two minutes.`}</span>
        </div>
      </div>
    );
  return (
    <div class="stack-tight">
      {asking.problem?.code === 'not-found' ? (
        <p>{t`No name is kept of this person.`}</p>
      ) : (
        asking.problem && <ProblemNotice problem={asking.problem} />
      )}
      <div class="row">
        <Button icon={Eye} busy={asking.busy} onClick={() => void asking.run()}>{t`Show the name`}</Button>
        <span class="soft small">{t`That you looked is recorded.`}</span>
      </div>
    </div>
  );
}

/** What is known of somebody at a glance, without her name. */
export function PersonCard({ record }: { readonly record: PersonRecord }) {
  const gone = stateWords(record);
  const { regionId, householdId, bornOn } = record;
  // A name that was set right is not shown any longer as it was.
  const setRight = record.events.find(({ kind }) => kind === 'identity');
  return (
    <div class="stack">
      {gone && <Notice>{gone}</Notice>}
      {record.mergedInto && <Link href={personAddress(record.mergedInto)}>{t`Open the record that is kept`}</Link>}
      {record.may.readIdentity && record.state !== 'erased' && <NameBox key={setRight?.eventId} record={record} />}
      <dl class="facts">
        <dt>{t`Lives in`}</dt>
        <dd>
          <Link href={`/places/${record.place.placeId}`}>
            <bdi>{named(record.place)}</bdi>
          </Link>
        </dd>
        <dt>{t`Age`}</dt>
        <dd>
          {ageWords(record.age)}
          {bornOn && <span class="soft">, {bornWords(bornOn, record.bornPrecision)}</span>}
        </dd>
        <dt>{t`Sex`}</dt>
        <dd>{sexWord(record.sex)}</dd>
        <dt>{t`Household`}</dt>
        <dd>{householdId ? <Link href={householdAddress(regionId, householdId)}>{t`Open the household`}</Link> : t`None is registered`}</dd>
        <dt>{t`Registered`}</dt>
        <dd>
          {day(record.registeredAt)}
          {record.basis && (
            <span class="soft">
              , {t`lawful basis:`} <bdi>{record.basis.title}</bdi>
            </span>
          )}
        </dd>
      </dl>
    </div>
  );
}
