// SPDX-License-Identifier: AGPL-3.0-or-later
import { Eye, EyeOff, Footprints, UserPlus } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { recordNumber } from '../../platform/domain/record-number.ts';
import { api } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { orReload, useAct, useLookAgain, useResource, useSent } from '../../platform/web/resource.ts';
import { Link, usePlaceCrumbs, type PageProps } from '../../platform/web/router.tsx';
import { may } from '../../platform/web/session.ts';
import { Button, ButtonLink } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../platform/web/ui/states.tsx';
import type { HouseholdRecord, PersonKey, PersonRecord } from '../domain/person-record.ts';
import { householdAddress, personAddress } from './addresses.ts';
import { ClosedRecord } from './closed-record.tsx';
import { GoneDialog, isStillSeen } from './move-dialog.tsx';
import { useBriefly } from '../../platform/web/briefly.ts';
import { todayHere, type ChosenPlace } from './register/draft.ts';
import { PlaceChoice } from './register/step-place.tsx';
import { ageWords, sexWord, stateWords } from './words.ts';

/** By "regionId personId". */
export type HouseholdNames = ReadonlyMap<string, string>;

interface PageParts extends PageProps {
  /** What stands below the members, from another room. */
  readonly below?: ((household: HouseholdRecord, names: HouseholdNames) => ComponentChildren) | undefined;
}

export function HouseholdPage({ params, below }: PageParts) {
  const path = `/households/${params.regionId}/${params.householdId}`;
  const found = useResource((signal) => api.get<HouseholdRecord>(path, undefined, { signal }), [path]);
  const [moving, setMoving] = useState(false);
  const household = found.data;
  useLookAgain((closed) => closed.startsWith(`${path}/`) || closed === '/assessments', found.reload);
  const seen = useRef('');
  if (household?.householdId === params.householdId) seen.current = path;
  usePlaceCrumbs(
    household ? [{ label: named(household.place), href: `/people?place=${household.place.placeId}` }, { label: t`Household` }] : [],
  );
  const add = household && `/people/new?region=${household.regionId}&household=${household.householdId}`;
  if (found.problem?.code === 'not-found' && seen.current === path) return <ClosedRecord of="household" />;
  return (
    <Page
      title={t`A household`}
      actions={
        add &&
        may('people.write') && (
          <>
            <ButtonLink href={add} icon={UserPlus}>{t`Add a member`}</ButtonLink>
            <Button icon={Footprints} onClick={() => setMoving(true)}>{t`They moved`}</Button>
          </>
        )
      }
    >
      <Loaded of={found}>{(data) => <Household household={data} below={below} />}</Loaded>
      {moving && household && (
        <MoveHousehold
          household={household}
          onClose={() => setMoving(false)}
          onReload={found.reload}
          onMoved={() => {
            setMoving(false);
            found.reload();
          }}
        />
      )}
    </Page>
  );
}

const keyOf = ({ regionId, personId }: PersonKey): string => `${regionId} ${personId}`;
const noNames: HouseholdNames = new Map();

interface Names {
  readonly names: readonly (PersonKey & { readonly name: string })[];
}

function Household({ household, below }: { readonly household: HouseholdRecord } & Pick<PageParts, 'below'>) {
  const [known, show, hide] = useBriefly<HouseholdNames>();
  const asking = useAct(async () => {
    const people = household.members.map(({ regionId, personId }) => ({ regionId, personId }));
    const { names } = await api.post<Names>('/people/names', { people });
    show(new Map(names.map((each) => [keyOf(each), each.name])));
  });
  // Who lives here stands below with how each of them stands; here remains whoever is of the household and not in that list.
  const here = below ? household.members.filter((each) => each.elsewhere !== null || each.state !== 'here') : household.members;
  const readsNames = may('identity.read') || may('assigned.read');
  return (
    <div class="stack">
      <p>
        <span class="soft">{t`Lives in`}</span>{' '}
        <Link href={`/places/${household.place.placeId}`}>
          <bdi>{named(household.place)}</bdi>
        </Link>{' '}
        <span class="soft">
          · {t`registered`} {day(household.createdAt)} · {t`number`} <bdi class="record-number">{recordNumber(household.householdId)}</bdi>
        </span>
      </p>
      {household.members.length === 0 ? (
        <EmptyState title={t`Nobody lives in this household any more`}>{t`Its members moved away, or lie outside your area.`}</EmptyState>
      ) : (
        readsNames && (
          <div class="row">
            <Button icon={known ? EyeOff : Eye} busy={asking.busy} onClick={() => (known ? hide() : void asking.run())}>
              {known ? t`Hide the names` : t`Show the names`}
            </Button>
            <span class="soft small">{known ? t`They hide by themselves after two minutes.` : t`That you looked is recorded.`}</span>
          </div>
        )
      )}
      {asking.problem && <ProblemNotice problem={asking.problem} />}
      {here.length > 0 && (
        <ul role="list" class="people-list">
          {here.map((member) => (
            <Member key={member.personId} member={member} name={known?.get(keyOf(member))} asked={known !== undefined} />
          ))}
        </ul>
      )}
      {below?.(household, known ?? noNames)}
    </div>
  );
}

interface MemberProps {
  readonly member: HouseholdRecord['members'][number];
  readonly name: string | undefined;
  readonly asked: boolean;
}

function Member({ member, name, asked }: MemberProps) {
  const gone = stateWords({ state: member.state as PersonRecord['state'], stateOn: null });
  return (
    <li>
      <div>
        <p class="strong">
          <Link href={personAddress(member)}>{name ? <bdi>{name}</bdi> : <bdi class="record-number">{member.number}</bdi>}</Link>
        </p>
        <p class="soft small">
          {name ? <bdi class="record-number">{member.number} · </bdi> : asked ? <>{t`No name kept`} · </> : null}
          {ageWords(member.age)} · {sexWord(member.sex)}
          {gone && <> · {gone}</>}
          {member.elsewhere && (
            <>
              {' · '}
              {t`lives in`} <bdi>{named(member.elsewhere)}</bdi>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

interface MoveProps {
  readonly household: HouseholdRecord;
  readonly onReload: () => void;
  readonly onMoved: () => void;
  readonly onClose: () => void;
}

function MoveHousehold({ household, onReload, onMoved, onClose }: MoveProps) {
  const [place, setPlace] = useState<ChosenPlace | null>(null);
  const [onDate, setOnDate] = useState(todayHere());
  const [tried, setTried] = useState(false);
  const [gone, setGone] = useState(false);
  const { regionId, householdId, version } = household;
  const path = householdAddress(regionId, householdId);
  const sent = useSent(version);
  const moving = useAct(async () => {
    await orReload(api.post(`${path}/move`, { placeId: place?.placeId ?? '', onDate, version: sent.mark() }), onReload);
    if (await isStillSeen(path)) onMoved();
    else setGone(true);
  });
  const move = () => {
    setTried(true);
    if (place && onDate) void moving.run();
  };
  if (gone) return <GoneDialog text={t`The household lives outside your area now, so its records went along.`} />;
  return (
    <Dialog title={t`The household lives elsewhere now`} onClose={onClose}>
      <div class="stack">
        <PlaceChoice
          label={t`New village or quarter`}
          place={place}
          onChoose={setPlace}
          error={tried && !place ? t`Choose a place` : undefined}
        />
        <TextField
          label={t`Since when`}
          type="date"
          value={onDate}
          max={todayHere()}
          onInput={setOnDate}
          error={tried && !onDate ? t`Choose a day` : undefined}
        />
        <Notice>{t`Everybody who lives with the household moves along. Outside your area you will not see them any more.`}</Notice>
        {moving.problem && <ProblemNotice problem={moving.problem} now={sent.ifNewer(named(household.place))} />}
        <div class="row">
          <Button kind="primary" busy={moving.busy} onClick={move}>{t`Write down the move`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}
