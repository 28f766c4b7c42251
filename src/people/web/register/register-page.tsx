// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { useLocation, useQuery } from '../../../platform/web/router.tsx';
import { me, type Me } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../../platform/web/ui/dialog.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { EmptyState, Loaded } from '../../../platform/web/ui/states.tsx';
import { isInForce, type LawfulBasis } from '../../domain/basis.ts';
import type { HouseholdRecord } from '../../domain/person-record.ts';
import '../people.css';
import {
  draft,
  newDraft,
  newMember,
  todayHere,
  withMember,
  withoutMember,
  type ChosenPlace,
  type Draft,
  type MemberDraft,
  type Step,
} from './draft.ts';
import { AlikeStep } from './step-alike.tsx';
import { ConsentStep, RefusedStep } from './step-consent.tsx';
import { PlaceStep } from './step-place.tsx';
import { DoneStep, ReviewStep } from './step-review.tsx';
import { ReachStep, WhoStep } from './step-who.tsx';

interface Settings {
  readonly peopleKept: boolean;
  readonly bases: readonly LawfulBasis[];
}

/** A volunteer's own village; whoever has a district has to say which village. */
function ownVillage(who: Me | null | undefined): ChosenPlace | null {
  return who?.posts.find(({ place }) => place !== null && place.level >= 3)?.place ?? null;
}

/** The household asked for in the address, which gets more members. */
async function joined(region: string | null, household: string | null, signal: AbortSignal): Promise<HouseholdRecord | null> {
  return region && household ? api.get<HouseholdRecord>(`/households/${region}/${household}`, undefined, { signal }) : null;
}

export default function RegisterPage() {
  const [query] = useQuery();
  const [region, household] = [query.get('region'), query.get('household')];
  const needed = useResource(
    async (signal) => {
      const [settings, joins] = await Promise.all([
        api.get<Settings>('/people/settings', undefined, { signal }),
        joined(region, household, signal),
      ]);
      return { settings, joins };
    },
    ['register', region, household],
  );
  return (
    <Page title={household ? t`Add a member of the household` : t`Register a household`}>
      <div class="narrow-page">
        <Loaded of={needed}>
          {({ settings, joins }) => {
            const bases = settings.bases.filter((basis) => isInForce(basis, todayHere()));
            return settings.peopleKept && bases.length > 0 ? (
              <Registering bases={bases} joins={joins} />
            ) : (
              <NotYet kept={settings.peopleKept} />
            );
          }}
        </Loaded>
      </div>
    </Page>
  );
}

function NotYet({ kept }: { readonly kept: boolean }) {
  return (
    <EmptyState
      title={kept ? t`No lawful basis is stated on which people may be recorded` : t`This installation keeps no records of people`}
      action={<ButtonLink href="/">{t`Go to the start page`}</ButtonLink>}
    >
      {kept
        ? t`The data protection officer states it under Data protection. Then households can be registered here.`
        : t`Places and figures go on without them. An administrator can switch records of people on.`}
    </EmptyState>
  );
}

/** The draft of whoever is signed in, for the household asked for; another's is thrown away. */
function useDraft(joins: HouseholdRecord | null): readonly [Draft, (change: Partial<Draft>) => void, () => void] {
  const owner = me.value?.accountId ?? '';
  const fresh = () =>
    joins
      ? newDraft(owner, joins.place, { regionId: joins.regionId, householdId: joins.householdId })
      : newDraft(owner, ownVillage(me.value));
  const held = draft.value;
  const fits =
    held !== null && held.owner === owner && (held.joins?.householdId ?? null) === (joins?.householdId ?? null) && held.step !== 'done';
  const [start] = useState(() => (fits ? held : fresh()));
  useEffect(() => {
    draft.value = start;
    return () => {
      // What is saved need not be remembered; what is half written is, for a look at another page.
      if (draft.value?.step === 'done' || !isBegun(draft.value)) draft.value = null;
    };
  }, []);
  const now = draft.value ?? start;
  const change = (part: Partial<Draft>) => {
    draft.value = { ...(draft.value ?? start), ...part };
  };
  return [now, change, () => (draft.value = fresh())];
}

function isBegun(of: Draft | null): boolean {
  return of !== null && of.step !== 'done' && (of.members.length > 0 || (of.current?.band !== undefined && of.step !== 'refused'));
}

/** Leaving by closing the window would lose what is written. The quick exit asks nothing: it hides the page first. */
function useWarning(begun: boolean): void {
  useEffect(() => {
    if (!begun) return undefined;
    const warn = (event: BeforeUnloadEvent) => {
      if (!document.documentElement.hidden) event.preventDefault();
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [begun]);
}

interface Props {
  readonly bases: readonly LawfulBasis[];
  readonly joins: HouseholdRecord | null;
}

function Registering({ bases, joins }: Props) {
  const [now, change, begin] = useDraft(joins);
  const [throwing, setThrowing] = useState(false);
  const [, go] = useLocation();
  const begun = isBegun(now);
  useWarning(begun);
  const leave = () => {
    draft.value = null;
    go(joins ? `/households/${joins.regionId}/${joins.householdId}` : '/people/find');
  };
  return (
    <div class="stack">
      <Steps key={`${now.step} ${now.current?.personId ?? ''}`} now={now} change={change} bases={bases} onLeave={leave} onBegin={begin} />
      {begun && now.sent === null && (
        <p class="soft small">
          {t`Nothing is saved yet, and nothing is kept on this phone.`}{' '}
          <Button kind="quiet" onClick={() => setThrowing(true)}>{t`Throw away`}</Button>
        </p>
      )}
      {throwing && (
        <ConfirmDialog
          title={t`Throw away what you wrote?`}
          action={t`Throw away`}
          onConfirm={() => {
            leave();
            return Promise.resolve();
          }}
          onClose={() => setThrowing(false)}
        >
          <p>{t`Nobody of this household has been saved. It cannot be brought back.`}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

interface StepsProps {
  readonly now: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly bases: readonly LawfulBasis[];
  readonly onLeave: () => void;
  readonly onBegin: () => void;
}

function Steps(props: StepsProps) {
  const { now, change, bases, onLeave, onBegin } = props;
  const basis = bases.find(({ basisId }) => basisId === now.basisId) ?? bases[0];
  if (!basis) return null;
  const to = (step: Step) => change({ step });
  // The answer may come after she left the page, threw this draft away or signed out.
  const answered = (part: Partial<Draft>) => draft.value?.householdId === now.householdId && change(part);
  const another = () => change({ step: 'consent', metKnown: false, current: newMember(now.members.at(-1)?.language ?? '') });
  if (now.current && now.step !== 'place' && now.step !== 'review' && now.step !== 'done' && now.step !== 'refused')
    return <MemberSteps {...props} basis={basis} member={now.current} />;
  switch (now.step) {
    case 'place':
      return (
        <PlaceStep
          place={now.place}
          bases={bases}
          basisId={now.basisId}
          onChange={change}
          onNext={() => (now.members.length > 0 ? to('review') : another())}
        />
      );
    case 'refused':
      return <RefusedStep others={now.members.length} onAnother={another} onReview={() => to('review')} onStop={onLeave} />;
    case 'done':
      return now.saved && <DoneStep draft={now} saved={now.saved} onAnother={onBegin} />;
    default:
      return (
        <ReviewStep
          draft={now}
          basisId={basis.basisId}
          basis={basis}
          onEdit={(member) => change({ step: 'who', current: member, metKnown: false })}
          onRemove={(member) => change({ members: withoutMember(now.members, member), metKnown: false })}
          onAnother={another}
          onSending={(sent) => answered({ sent })}
          onSaved={(saved) => answered({ step: 'done', sent: null, saved, current: null })}
        />
      );
  }
}

/** What is asked of one member: whether she agrees, who she is, whether she is here already, how to reach her. */
function MemberSteps({ now, change, basis, member }: StepsProps & { readonly basis: LawfulBasis; readonly member: MemberDraft }) {
  const set = (part: Partial<MemberDraft>) => {
    const held = draft.value?.current ?? member;
    change({ current: { ...held, ...part } });
  };
  const to = (step: Step) => change({ step });
  const before: Step | null = now.members.length > 0 ? 'review' : now.joins ? null : 'place';
  const back = before === null ? undefined : () => change({ step: before, current: null });
  switch (now.step) {
    case 'who':
      return <WhoStep member={member} asks={basis.needsConsent} onChange={set} onNext={() => to('alike')} onBack={() => to('consent')} />;
    case 'alike':
      return now.place ? (
        <AlikeStep
          member={member}
          place={now.place}
          onNone={() => to('reach')}
          onIsHer={() => change({ step: 'review', current: null, metKnown: true, members: withoutMember(now.members, member) })}
          onBack={() => to('who')}
        />
      ) : null;
    case 'reach':
      return (
        <ReachStep
          basis={basis}
          member={member}
          onChange={set}
          onNext={() => change({ step: 'review', current: null, members: withMember(now.members, member) })}
          onBack={() => to('who')}
        />
      );
    default:
      return (
        <ConsentStep
          basis={basis}
          member={member}
          onChange={set}
          onAgreed={() => to('who')}
          // Nothing of her is kept: not her age, not that she was asked.
          onRefused={() => change({ step: 'refused', current: null, members: withoutMember(now.members, member) })}
          onBack={back}
        />
      );
  }
}
