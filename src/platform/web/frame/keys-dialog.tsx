// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { shortcuts } from '../shortcuts.ts';
import { Dialog } from '../ui/dialog.tsx';

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t`Keys`} onClose={onClose}>
      <div class="stack">
        <p>{t`Everything also works with Tab, Enter and the arrow keys. Two keys are pressed one after the other.`}</p>
        <dl class="keys">
          {shortcuts().map((each) => (
            <div key={each.keys}>
              <dt>
                {each.keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{each.label()}</dd>
            </div>
          ))}
          <div>
            <dt>
              <kbd>Esc</kbd>
            </dt>
            <dd>{t`Close what is open`}</dd>
          </div>
        </dl>
      </div>
    </Dialog>
  );
}
