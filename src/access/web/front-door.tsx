// SPDX-License-Identifier: AGPL-3.0-or-later
import { DoorOpen } from 'lucide';
import type { ComponentChildren } from 'preact';
import { t } from '@lingui/core/macro';
import { Mark } from '../../platform/web/frame/mark.tsx';
import { quickExit } from '../../platform/web/frame/quick-exit.ts';
import { Icon } from '../../platform/web/ui/icon.tsx';
import { LanguageChoice } from './language-choice.tsx';
import './front-door.css';

/** What stands around the pages before anybody is signed in. */
export function FrontDoor({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="door">
      <header class="door-top">
        <span class="door-mark">
          <Mark /> Waymark
        </span>
        <span class="row push">
          <LanguageChoice />
          <button type="button" class="exit" onClick={quickExit}>
            <Icon of={DoorOpen} turns />
            <span>{t`Quick exit`}</span>
          </button>
        </span>
      </header>
      <main class="door-main" id="main">
        {children}
      </main>
    </div>
  );
}
