// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { ArrowRight, List, Save } from 'lucide';
import type { ComponentChildren } from 'preact';
import type { Restriction } from '../../../people/domain/restriction.ts';
import { personParts } from '../../../people/web/index.ts';
import { dayHere } from '../../../platform/web/clock.ts';
import type { JoinedRecord } from '../../../platform/domain/problem.ts';
import { day, named } from '../../../platform/web/format.ts';
import { useOnline } from '../../../platform/web/frame/online.ts';
import { useResource } from '../../../platform/web/resource.ts';
import { useLocation, useQuery, type PageProps } from '../../../platform/web/router.tsx';
import { may } from '../../../platform/web/session.ts';
import { Button, ButtonLink } from '../../../platform/web/ui/button.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Progress } from '../../../platform/web/ui/progress.tsx';
import { Segmented } from '../../../platform/web/ui/segmented.tsx';
import { useWide } from '../../../platform/web/ui/use-wide.ts';
import { Loaded as Ready } from '../../../platform/web/ui/states.tsx';
import { nextOnRound, personHref } from '../people/people-data.ts';
import { restrictionWords } from '../words.ts';
import { OneByOne, AtOnce } from './questions.tsx';
import { answerTo, askedOf, idleFor, type Asked } from './asked.ts';
import { Live } from './live.tsx';
import { AboutPlace, placeConcerned, PlaceRecorded } from './of-place.tsx';
import { pathOf, saidBefore, useAssessing, useLoaded, type Assessing, type Loaded, type Subject } from './use-assessment.ts';
import '../people/people.css';
import './assess.css';

/** Why nothing new is asked about somebody; null where it is. */
const usedNoFurther = ({ risk }: Pick<Loaded, 'risk'>): Restriction => ('restricted' in risk ? risk.restricted : null);

/** To how many questions what is answered for the chosen day changes nothing now. */
function dayWords(idle: number, { draft }: Assessing): string {
  const visit = day(draft.on, 'medium'),
    questions = plural(idle, { one: '# question', other: '# questions' });
  return t`To ${questions} what you answer for ${visit} changes nothing now: a newer answer stands, or one of that day holds no more. It is kept all the same.`;
}

function Begin({
  asked,
  loaded,
  work,
  onInstrument,
}: {
  readonly asked: readonly Asked[];
  readonly loaded: Loaded;
  readonly work: Assessing;
  readonly onInstrument: (code: string) => void;
}) {
  const { risk, old } = loaded,
    online = useOnline();
  const idle = asked.filter((each) => idleFor(each, loaded, work) !== null).length;
  return (
    <div class="stack">
      <AboutPlace loaded={loaded} />
      {!online && (
        <Notice kind="warning" title={t`No connection`} live>
          {t`Go on: your answers are kept on this device and saved when the connection is back.`}
        </Notice>
      )}
      {work.found && (
        <Notice title={t`You began this before`}>
          <div class="row">
            {t`Your answers of ${day(work.draft.begun, 'medium')} were kept on this device.`}
            <Button kind="quiet" onClick={work.startAgain}>{t`Start again`}</Button>
          </div>
        </Notice>
      )}
      {old && (
        <Notice title={t`You correct the visit of ${day(old.observedOn)}`}>
          {usedNoFurther(loaded)
            ? t`This record is used no further. What was said that day may be set right or taken out, because the person asks for it, and nothing is added.`
            : t`Change what was wrong. What you leave as it is stays. Private answers are not shown; answer them again only if they were wrong.`}
        </Notice>
      )}
      {!old && risk.instruments.length > 1 && (
        <Segmented
          label={t`Questions`}
          value={risk.instrument.code}
          options={risk.instruments.map(({ code, title }) => ({ value: code, label: title }))}
          onChange={onInstrument}
        />
      )}
      {!old && (
        <TextField
          type="date"
          label={t`Day of the visit`}
          value={work.draft.on}
          max={dayHere()}
          min="1900-01-01"
          hint={idle > 0 && dayWords(idle, work)}
          onInput={(on) => work.setDay(on || dayHere())}
        />
      )}
    </div>
  );
}

/** While she asked, somebody found that this record and another are of one person: the answers go to the one that is kept. */
function Joined({ loaded, work, kept }: { readonly loaded: Loaded; readonly work: Assessing; readonly kept: JoinedRecord }) {
  const [, navigate] = useLocation();
  return (
    <Notice kind="warning" title={t`This record was joined with another of the same person`} live>
      <div class="stack-tight">
        {loaded.old ? (
          <p>{t`The visit you correct stands on the record that is kept as well. Correct it there; what you changed here stays on this device for a day.`}</p>
        ) : (
          <p>{t`Nothing is lost: your answers are kept on this device. Go on with the record that is kept, look at them once more, and save them there.`}</p>
        )}
        <Button kind="primary" icon={ArrowRight} onClick={() => navigate(work.goOnWith(kept))}>
          {loaded.old ? t`Open the record that is kept` : t`Go on there with the same answers`}
        </Button>
      </div>
    </Notice>
  );
}

function SaveRow({ loaded, work }: { readonly loaded: Loaded; readonly work: Assessing }) {
  const n = Object.keys(work.sending).length;
  const { problem } = work.save;
  if (problem?.joined) return <Joined loaded={loaded} work={work} kept={problem.joined} />;
  return (
    <div class="stack">
      <AboutPlace loaded={loaded} />
      {problem && <ProblemNotice problem={problem} />}
      {problem?.code === 'offline' && (
        <p>{t`Nothing is lost: your answers are kept on this device and saved by themselves when the connection is back.`}</p>
      )}
      <div class="row">
        <Button kind="primary" icon={Save} busy={work.save.busy} disabled={n === 0} onClick={() => void work.save.run()}>
          {loaded.old ? t`Save the correction` : t`Save`}
        </Button>
        <span class="soft small">
          {loaded.old
            ? plural(n, { 0: 'nothing changed yet', one: '# change', other: '# changes' })
            : plural(n, { 0: 'nothing answered yet', one: '# answer', other: '# answers' })}
        </span>
      </div>
    </div>
  );
}

/** Saved, and who is next. */
function Done({ subject, loaded, work }: { readonly subject: Subject; readonly loaded: Loaded; readonly work: Assessing }) {
  const { instrument, instruments } = loaded.risk;
  const scored = instrument.code === instruments[0]?.code ? '' : `?instrument=${instrument.code}`;
  const next = subject.kind === 'person' ? nextOnRound({ regionId: loaded.risk.regionId, personId: subject.id }) : null;
  const n = Object.keys(work.sending).length;
  return (
    <Page title={t`Saved`} lead={plural(n, { one: '# answer is kept.', other: '# answers are kept.' })}>
      <Notice kind="good" title={t`Nothing of it is left on this device`} live>
        {subject.kind === 'place'
          ? t`The people who live there are counted again with it. Where very many live, their figures follow within minutes.`
          : t`The figures of the village and of all places around it have followed.`}
      </Notice>
      <div class="row">
        {next && <ButtonLink kind="primary" icon={ArrowRight} href={`${personHref(next)}/assess`}>{t`Next person`}</ButtonLink>}
        {(subject.kind !== 'place' || may('risk.read')) && (
          <ButtonLink kind={next ? 'plain' : 'primary'} href={`${pathOf(subject)}${scored}`}>
            {subject.kind === 'place'
              ? t`See how the place stands`
              : subject.kind === 'person'
                ? t`See how this person stands`
                : t`See how the household stands`}
          </ButtonLink>
        )}
        <ButtonLink icon={List} href="/people">{t`Back to the list`}</ButtonLink>
      </div>
    </Page>
  );
}

/** While she asked, the record was closed to her. */
function Closed() {
  return (
    <Page title={t`This record is closed to you`} instead>
      <Notice kind="warning" live>
        {t`While you asked, consent to it was taken back, or the record moved out of your area. What you answered was not saved, and nothing of it is left on this device.`}
      </Notice>
      <div class="row">
        <ButtonLink kind="primary" icon={List} href="/people">{t`Back to the list`}</ButtonLink>
      </div>
    </Page>
  );
}

function titleOf({ kind }: Subject, { risk }: Loaded): string {
  if (kind === 'place') return t`Questions about ${named(risk.place)}`;
  return kind === 'person' ? t`Questions about a person` : t`Questions about a household`;
}

function Entry({
  subject,
  loaded,
  asks,
  onInstrument,
  onRetracted,
}: {
  readonly subject: Subject;
  readonly loaded: Loaded;
  /** What is to be asked before the questions. */
  readonly asks: ComponentChildren;
  readonly onInstrument: (code: string) => void;
  readonly onRetracted: () => void;
}) {
  const work = useAssessing(subject, loaded),
    room = useWide('(min-width: 720px)');
  const said = usedNoFurther(loaded) ? saidBefore(loaded.old) : null;
  const asked = askedOf(loaded.instrument, subject.kind).filter(({ indicator }) => said === null || said[indicator.code] !== undefined);
  const answered = asked.filter((each) => answerTo(each, work) !== undefined).length;
  if (work.closed) return <Closed />;
  if (work.saved) return <Done subject={subject} loaded={loaded} work={work} />;
  const save = <SaveRow loaded={loaded} work={work} />;
  const begin = <Begin asked={asked} loaded={loaded} work={work} onInstrument={onInstrument} />;
  const props = { asked, loaded, work, begin, save };
  return (
    <Page
      title={titleOf(subject, loaded)}
      lead={room || answered === 0 ? t`Ask kindly; nobody has to answer. Every answer can be changed before you save.` : undefined}
    >
      <div class="assess-head">
        <Progress
          label={t`${answered} of ${plural(asked.length, { one: '# question', other: '# questions' })} answered`}
          share={asked.length === 0 ? 1 : answered / asked.length}
        />
        <Live loaded={loaded} work={work} />
      </div>
      {asks}
      {room ? <AtOnce {...props} /> : <OneByOne {...props} />}
      {placeConcerned(loaded) && !loaded.old && <PlaceRecorded loaded={loaded} onRetracted={onRetracted} />}
    </Page>
  );
}

/** Before the questions: whether consent has to be asked for anew (people/web). Without connection it is asked another time. */
function AskAgain({ subject: { regionId, id }, onNo }: { readonly subject: Subject; readonly onNo: () => void }) {
  const parts = useResource(() => personParts(), ['person-parts']);
  return parts.data && regionId !== null ? <parts.data.RenewAtVisit regionId={regionId} personId={id} onNo={onNo} /> : null;
}

/** Instead of the questions, where none may be asked. */
function NotAsked({ subject, restricted }: { readonly subject: Subject; readonly restricted: NonNullable<Restriction> }) {
  return (
    <Page title={t`Questions about a person`}>
      <Notice kind="warning" title={t`This record is used no further`}>
        {restrictionWords(restricted)}
      </Notice>
      <div class="row">
        <ButtonLink href={pathOf(subject)}>{t`See how this person stands`}</ButtonLink>
        <ButtonLink icon={List} href="/people">{t`Back to the list`}</ButtonLink>
      </div>
    </Page>
  );
}

function subjectOf(params: PageProps['params']): Subject {
  const { regionId, personId, householdId, placeId } = params;
  if (placeId !== undefined) return { kind: 'place', regionId: null, id: placeId };
  return { kind: personId === undefined ? 'household' : 'person', regionId: Number(regionId ?? 0), id: personId ?? householdId ?? '' };
}

/** `/people/:regionId/:personId/assess`, `/households/:regionId/:householdId/assess` and `/places/:placeId/assess`. */
export default function AssessPage({ params }: PageProps) {
  const [query, set] = useQuery();
  const subject = subjectOf(params);
  const loaded = useLoaded(subject, query.get('instrument'), query.get('corrects'));
  const onInstrument = (code: string) => set({ instrument: code }, { replace: true });
  if (!may('assess.write')) return <Page title={t`This page is not part of your work here`}>{null}</Page>;
  return (
    <Ready of={loaded}>
      {(data) => {
        const restricted = usedNoFurther(data);
        const setsRight = data.old !== null && 'asksToSetRight' in data.risk && data.risk.asksToSetRight;
        if (restricted !== null && !setsRight) return <NotAsked subject={subject} restricted={restricted} />;
        return (
          <Entry
            asks={subject.kind === 'person' && !data.old ? <AskAgain subject={subject} onNo={loaded.reload} /> : null}
            key={`${subject.id} ${data.instrument.code} ${data.old?.assessmentId ?? ''}`}
            subject={subject}
            loaded={data}
            onInstrument={onInstrument}
            onRetracted={loaded.reload}
          />
        );
      }}
    </Ready>
  );
}
