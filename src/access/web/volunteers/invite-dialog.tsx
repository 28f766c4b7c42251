// SPDX-License-Identifier: AGPL-3.0-or-later
import { useRef, useState } from 'preact/hooks';
import { uuidv7 } from 'uuidv7';
import { t } from '@lingui/core/macro';
import type { PlaceRef } from '../../../places/domain/place.ts';
import { api, type ApiProblem } from '../../../platform/web/api.ts';
import { language } from '../../../platform/web/i18n.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { Dialog } from '../../../platform/web/ui/dialog.tsx';
import { TextField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { invitedOtherwise, type Slip, type VolunteerWithSlip } from '../../domain/invitation.ts';
import { invitedRole } from '../../domain/roles.ts';
import { AreaChoice, isWhole } from '../accounts/post-fields.tsx';
import { looksLikeUserName } from '../checks.ts';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import { UserNameField } from '../user-name-field.tsx';

/** What was sent and not answered: closed and opened again it is the same invitation still. */
export interface Unanswered {
  readonly accountId: string;
  readonly draft: Draft;
}

interface Props {
  readonly unanswered: { current: Unanswered | null };
  readonly onClose: () => void;
  readonly onInvited: (slip: Slip) => void;
}

interface Draft {
  readonly displayName: string;
  /** Empty: one is made from the name. */
  readonly userName: string;
  readonly place: PlaceRef | null;
}

const postOf = ({ place }: Draft) => ({ role: invitedRole, place, organisationId: '' }) as const;
const whole = (draft: Draft): boolean =>
  draft.displayName.trim() !== '' && (draft.userName === '' || looksLikeUserName(draft.userName)) && isWhole(postOf(draft));

/** A name and a village; the code comes in its place, once. */
export function InviteDialog({ unanswered, onClose, onInvited }: Props) {
  const [draft, setDraft] = useState<Draft>(unanswered.current?.draft ?? { displayName: '', userName: '', place: null });
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  // Sent again it is the same invitation, for which a new code comes.
  const accountId = useRef(unanswered.current?.accountId ?? uuidv7());
  const invite = useAct(async () => {
    unanswered.current = { accountId: accountId.current, draft };
    const { slip } = await api.post<VolunteerWithSlip>('/volunteers', {
      accountId: accountId.current,
      displayName: draft.displayName.trim(),
      placeId: draft.place?.placeId,
      locale: language().pseudo ? 'en' : language().code,
      ...(draft.userName ? { userName: draft.userName } : {}),
    });
    unanswered.current = null;
    onInvited(slip);
  });
  const close = () => {
    if (invite.problem && invite.problem.code !== 'offline') unanswered.current = null;
    onClose();
  };
  const isTaken = invite.problem?.code === 'already-there' && invite.problem.detail !== invitedOtherwise;
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!whole(draft) || !(await invite.run())) setTries((before) => before + 1);
  };
  return (
    <Dialog title={t`Invite a volunteer`} onClose={close}>
      <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t`Name`}
          hint={t`As colleagues know them.`}
          value={draft.displayName}
          onInput={(displayName) => set({ displayName })}
          maxLength={80}
          autoComplete="off"
          error={tries > 0 && !draft.displayName.trim() ? t`Enter a name` : undefined}
        />
        <AreaChoice value={postOf(draft)} onChange={({ place }) => set({ place })} checked={tries > 0} />
        <UserNameField
          hint={t`Leave it empty and one is made from the name. Otherwise 3 to 30 small letters without accents, digits, dots, hyphens; a letter first.`}
          value={draft.userName}
          onInput={(userName) => {
            if (isTaken) invite.forget();
            set({ userName });
          }}
          autoComplete="off"
          checked={tries > 0 && draft.userName !== ''}
          taken={isTaken}
        />
        {invite.problem && !isTaken && <InviteProblem problem={invite.problem} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={invite.busy}>{t`Invite`}</Button>
          <Button onClick={close}>{t`Cancel`}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function InviteProblem({ problem }: { readonly problem: ApiProblem }) {
  if (problem.detail !== invitedOtherwise) return <ProblemNotice problem={problem} />;
  return (
    <Notice kind="warning" live title={t`The invitation had arrived already`}>
      {t`Only the answer was lost. Close this and look in the list: there you find whom you invited, and “New code” makes the code for the slip.`}
    </Notice>
  );
}
