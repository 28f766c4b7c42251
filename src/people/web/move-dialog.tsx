// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { named } from '../../platform/web/format.ts';
import { asProblem, orReload, useAct, useSent } from '../../platform/web/resource.ts';
import { useLocation } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import { Dialog } from '../../platform/web/ui/dialog.tsx';
import { TextField } from '../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../platform/web/ui/notice.tsx';
import type { FoundPerson, PersonRecord } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { FindPeople } from './find-page.tsx';
import { todayHere, type ChosenPlace } from './register/draft.ts';
import { Choices } from './register/step.tsx';
import { PlaceChoice } from './register/step-place.tsx';
import { stateWords } from './words.ts';

interface Props {
  readonly record: PersonRecord;
  readonly onMoved: () => void;
  readonly onReload: () => void;
  readonly onClose: () => void;
}

type With = 'same' | 'none' | 'other';

/** The household of somebody who was found, if it can be joined: of the same region of registration. */
async function householdOf(person: FoundPerson, regionId: number): Promise<Joined> {
  const found = await api.get<PersonRecord>(personAddress(person));
  return { number: found.number, place: found.place, householdId: found.regionId === regionId ? found.householdId : null };
}

interface Joined {
  readonly number: string;
  readonly place: ChosenPlace;
  readonly householdId: string | null;
}

/** Whether what lies at this path is in the reader's area even now; where the line drops, the page will tell. */
export async function isStillSeen(path: string): Promise<boolean> {
  try {
    await api.get(path);
    return true;
  } catch (error) {
    return asProblem(error).code !== 'not-found';
  }
}

/** The move is written down, and by it what moved is closed to whoever wrote it. */
export function GoneDialog({ text }: { readonly text: string }) {
  const [, go] = useLocation();
  const leave = () => go('/people/find');
  return (
    <Dialog title={t`The move is written down`} onClose={leave}>
      <div class="stack">
        <p>{text}</p>
        <div class="row">
          <Button kind="primary" onClick={leave}>{t`All right`}</Button>
        </div>
      </div>
    </Dialog>
  );
}

const nowOf = (record: PersonRecord): string => stateWords(record) ?? named(record.place);

/** Where she lives from now on, and with whom. */
function goalOf(who: With, place: ChosenPlace | null, joined: Joined | null, { householdId }: PersonRecord) {
  if (who === 'other') return { target: joined?.place ?? null, householdId: joined?.householdId ?? null };
  return { target: place, householdId: who === 'same' ? householdId : null };
}

/** She lives elsewhere now: where, with whom, since when. */
export function MoveDialog({ record, onMoved, onReload, onClose }: Props) {
  const [place, setPlace] = useState<ChosenPlace | null>(null);
  const [who, setWho] = useState<With>('none');
  const [joined, setJoined] = useState<Joined | null>(null);
  const [onDate, setOnDate] = useState(todayHere());
  const [tried, setTried] = useState(false);
  const [gone, setGone] = useState(false);
  const { target, householdId } = goalOf(who, place, joined, record);
  const sent = useSent(record.version);
  const moving = useAct(async () => {
    const move = { placeId: target?.placeId ?? '', householdId, onDate, version: sent.mark() };
    await orReload(api.post(`${personAddress(record)}/move`, move), onReload);
    if (await isStillSeen(personAddress(record))) onMoved();
    else setGone(true);
  });
  const meeting = useAct(async (person: FoundPerson) => setJoined(await householdOf(person, record.regionId)));
  const move = async () => {
    setTried(true);
    if (target && onDate && (who !== 'other' || householdId)) await moving.run();
  };
  if (gone) return <GoneDialog text={t`The person lives outside your area now, so the record went along.`} />;
  return (
    <Dialog title={t`Lives elsewhere now`} onClose={onClose}>
      <div class="stack">
        <WithWhom isMember={record.householdId !== null} value={who} onChange={setWho} />
        {who === 'other' ? (
          <JoinedHousehold
            joined={joined}
            tried={tried}
            busy={meeting.busy}
            onFind={(person) => void meeting.run(person)}
            onClear={() => setJoined(null)}
          />
        ) : (
          <PlaceChoice
            label={t`New village or quarter`}
            place={place}
            onChoose={setPlace}
            error={tried && !place ? t`Choose a place` : undefined}
          />
        )}
        {meeting.problem && <ProblemNotice problem={meeting.problem} />}
        <TextField
          label={t`Since when`}
          type="date"
          value={onDate}
          max={todayHere()}
          onInput={setOnDate}
          error={tried && !onDate ? t`Choose a day` : undefined}
        />
        <Notice>{t`If this person moves out of your area, you will not see the record any more; whoever works there will.`}</Notice>
        {moving.problem && <ProblemNotice problem={moving.problem} now={sent.ifNewer(nowOf(record))} />}
        <div class="row">
          <Button kind="primary" busy={moving.busy} onClick={() => void move()}>{t`Write down the move`}</Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function WithWhom({ isMember, value, onChange }: { isMember: boolean; value: With; onChange: (value: With) => void }) {
  const stays = { value: 'same' as const, label: t`Still belongs to the household`, hint: t`Away for work or school, for instance` };
  return (
    <Choices<With>
      label={t`With whom does the person live there?`}
      value={value}
      onChange={onChange}
      options={[
        { value: 'none', label: t`Alone, or with people who are not registered` },
        { value: 'other', label: t`In a household that is registered` },
        ...(isMember ? [stays] : []),
      ]}
    />
  );
}

interface JoinedProps {
  readonly joined: Joined | null;
  readonly tried: boolean;
  readonly busy: boolean;
  readonly onFind: (person: FoundPerson) => void;
  readonly onClear: () => void;
}

/** Somebody of the household she joins, found by name or number. */
function JoinedHousehold({ joined, tried, busy, onFind, onClear }: JoinedProps) {
  if (joined?.householdId) {
    const [number, where] = [joined.number, named(joined.place)];
    return (
      <div class="row">
        <span class="strong">{t`The household of ${number}, in ${where}`}</span>
        <Button kind="quiet" onClick={onClear}>{t`Choose another`}</Button>
      </div>
    );
  }
  return (
    <div class={tried ? 'stack-tight field-wrong' : 'stack-tight'} aria-busy={busy}>
      {joined && <p class="field-error" role="alert">{t`This person is in no household that can be joined`}</p>}
      {tried && !joined && <p class="field-error">{t`Find somebody of that household`}</p>}
      <FindPeople action={{ label: t`This household`, run: onFind }} />
    </div>
  );
}
