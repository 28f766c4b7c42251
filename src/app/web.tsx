// SPDX-License-Identifier: AGPL-3.0-or-later
import '../platform/web/fonts.css';
import '../platform/web/tokens.css';
import '../platform/web/base.css';
import '../platform/web/ui/kit.css';
import '../platform/web/frame/frame.css';
import './web/app.css';
import { render } from 'preact';
import { loadMe } from '../access/web/index.ts';
import { setDetails } from '../platform/web/details.ts';
import { findLanguage, language, setCatalogues, speak } from '../platform/web/i18n.ts';
import { followScheme, rememberedLanguage } from '../platform/web/preferences.ts';
import { asProblem } from '../platform/web/resource.ts';
import { listenForShortcuts } from '../platform/web/shortcuts.ts';
import { App, Unreachable } from './web/app.tsx';

setCatalogues({ en: () => import('./locales/en.po'), th: () => import('./locales/th.po'), km: () => import('./locales/km.po') });
setDetails({ th: () => import('./locales/details-th.ts'), km: () => import('./locales/details-km.ts') });
followScheme();
listenForShortcuts();

/** The address first (`?locale=th`; the pseudo languages only so), then what this device was told, then what the browser asks for. */
function firstLanguage(): { readonly code: string; readonly chosen: boolean } {
  const asked = new URLSearchParams(location.search).get('locale');
  if (asked) return { code: asked, chosen: true };
  const remembered = rememberedLanguage();
  if (remembered && !findLanguage(remembered).pseudo) return { code: remembered, chosen: true };
  const offered = navigator.languages.find((each) => findLanguage(each).code !== 'en' || each.toLowerCase().startsWith('en'));
  return { code: offered && !findLanguage(offered).pseudo ? offered : 'en', chosen: false };
}

async function start(root: HTMLElement): Promise<void> {
  const first = firstLanguage();
  const asked = loadMe().catch(asProblem);
  await speak(first.code);
  const answer = await asked;
  if (answer instanceof Error) {
    render(<Unreachable problem={answer} onRetry={() => void start(root)} />, root);
    return;
  }
  if (answer && !first.chosen && findLanguage(answer.locale).code !== language().code) await speak(answer.locale);
  render(<App />, root);
}

const root = document.getElementById('app');
if (root) void start(root);
