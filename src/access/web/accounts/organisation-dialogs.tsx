// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { PlaceSearch } from '../../../places/web/index.ts';
import type { PlaceRef } from '../../../places/domain/place.ts';
import { api } from '../../../platform/web/api.ts';
import { named } from '../../../platform/web/format.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { ConfirmDialog, Dialog } from '../../../platform/web/ui/dialog.tsx';
import { Select, TextField } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { organisationKinds, type OrganisationKind } from '../../domain/organisation-kinds.ts';
import type { Organisation } from '../../domain/organisation.ts';
import { useFirstWrong } from '../../../platform/web/ui/first-wrong.ts';
import './accounts.css';
import { kindWord } from './organisations-data.ts';

interface Props {
  /** Left out: a new one. */
  readonly organisation?: Organisation;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const path = ({ organisationId }: Organisation) => `/organisations/${organisationId}`;

export function OrganisationDialog({ organisation, onClose, onDone }: Props) {
  const [name, setName] = useState(organisation?.name ?? '');
  const [kind, setKind] = useState<OrganisationKind>(organisation?.kind ?? 'ngo');
  const [place, setPlace] = useState<PlaceRef | null>(null);
  const [tries, setTries] = useState(0);
  const form = useFirstWrong(tries);
  const save = useAct(() =>
    organisation
      ? api.patch(path(organisation), { name: name.trim(), kind, version: organisation.version })
      : api.post('/organisations', { name: name.trim(), kind, placeId: place?.placeId ?? null }),
  );
  const isTaken = save.problem?.code === 'already-there';
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim() && (await save.run())) onDone();
    else setTries((before) => before + 1);
  };
  const error = isTaken ? t`There is an organisation with this name already` : tries > 0 && !name.trim() ? t`Enter a name` : undefined;
  return (
    <Dialog title={organisation ? t`Rename the organisation` : t`Add an organisation`} onClose={onClose}>
      <form class="stack" ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label={t`Name`}
          value={name}
          onInput={(text) => {
            if (isTaken) save.forget();
            setName(text);
          }}
          maxLength={200}
          autoComplete="off"
          error={error}
        />
        <Select
          label={t`Kind`}
          value={kind}
          onChange={setKind}
          options={organisationKinds.map((each) => ({ value: each, label: kindWord(each) }))}
        />
        {!organisation && <Seat place={place} onChange={setPlace} />}
        {save.problem && !isTaken && <ProblemNotice problem={save.problem} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={save.busy}>
            {organisation ? t`Save` : t`Add the organisation`}
          </Button>
          <Button onClick={onClose}>{t`Cancel`}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Where it sits; opens nothing. */
function Seat({ place, onChange }: { readonly place: PlaceRef | null; readonly onChange: (place: PlaceRef | null) => void }) {
  if (!place) {
    return (
      <div class="stack-tight">
        <PlaceSearch label={t`Seat (optional)`} onChoose={onChange} />
        <p class="soft small">{t`Where it can be found. It opens no area to anybody.`}</p>
      </div>
    );
  }
  return (
    <div class="stack-tight">
      <span class="field-label">{t`Seat (optional)`}</span>
      <div class="chosen-place">
        <span class="strong">
          <bdi>{named(place)}</bdi>
        </span>
        <Button kind="quiet" onClick={() => onChange(null)}>{t`Choose another`}</Button>
      </div>
    </div>
  );
}

export function EndOrganisationDialog({ organisation, onClose, onDone }: Required<Props>) {
  return (
    <ConfirmDialog
      title={t`End ${organisation.name}?`}
      action={t`End the organisation`}
      onClose={onClose}
      onConfirm={async () => {
        await api.patch(path(organisation), { ended: true, version: organisation.version });
        onDone();
      }}
    >
      <p>
        {plural(organisation.accounts, {
          0: 'Nobody holds a post in it. What was recorded stays.',
          one: '# account holds a post in it; that post ends at once. What was recorded stays, and this cannot be taken back.',
          other: '# accounts hold a post in it; these posts end at once. What was recorded stays, and this cannot be taken back.',
        })}
      </p>
    </ConfirmDialog>
  );
}
