// SPDX-License-Identifier: AGPL-3.0-or-later
import { Footprints, IdCard, PencilLine, Undo2 } from 'lucide';
import { useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { may } from '../../platform/web/session.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import type { PersonRecord } from '../domain/person-record.ts';
import { CorrectDialog, IdentityDialog } from './correct-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { StateDialog, type NewState } from './state-dialog.tsx';

interface Props {
  readonly record: PersonRecord;
  readonly onChange: (record: PersonRecord) => void;
  readonly onReload: () => void;
}

type Open = 'move' | 'correct' | 'identity' | NewState;

/** What changed in her life, and what was written down wrongly. */
export function PersonChanges({ record, onChange, onReload }: Props) {
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = () => setOpen(undefined);
  const isAway = record.state === 'died' || record.state === 'left';
  // What is open stays, and says itself what became of the record: it may have been joined with another just now.
  if (open === undefined && !record.may.write && !(isAway && may('people.write'))) return null;
  return (
    <section class="section" aria-labelledby="changes">
      <h2 id="changes">{t`Something changed`}</h2>
      {isAway ? (
        <div class="row">
          <Button icon={Undo2} onClick={() => setOpen('here')}>
            {record.state === 'died' ? t`This person is alive` : t`This person is back`}
          </Button>
        </div>
      ) : (
        <div class="row">
          <Button icon={Footprints} onClick={() => setOpen('move')}>{t`Moved`}</Button>
          <Button icon={PencilLine} onClick={() => setOpen('correct')}>{t`Birth date or sex is wrong`}</Button>
          {record.may.readIdentity && <Button icon={IdCard} onClick={() => setOpen('identity')}>{t`Name or telephone is wrong`}</Button>}
          <Button kind="quiet" onClick={() => setOpen('left')}>{t`Left for good`}</Button>
          <Button kind="quiet" onClick={() => setOpen('died')}>{t`This person has died`}</Button>
        </div>
      )}
      {open === 'move' && (
        <MoveDialog
          record={record}
          onClose={close}
          onReload={onReload}
          onMoved={() => {
            close();
            onReload();
          }}
        />
      )}
      {open === 'correct' && <CorrectDialog record={record} onChange={onChange} onReload={onReload} onClose={close} />}
      {open === 'identity' && <IdentityDialog record={record} onChange={onChange} onClose={close} />}
      {(open === 'died' || open === 'left' || open === 'here') && (
        <StateDialog record={record} state={open} onChange={onChange} onReload={onReload} onClose={close} />
      )}
    </section>
  );
}
