// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from '@lingui/cli';

/**
 * One catalogue for all rooms. English stands in the code; the message is its own key, shortened to a hash when built.
 * The macros read the language through platform/web/i18n.ts, so a screen repaints by itself when the language changes.
 */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'th', 'km'],
  catalogs: [
    {
      path: '<rootDir>/src/app/locales/{locale}',
      include: ['<rootDir>/src'],
      exclude: ['**/node_modules/**', '**/*.test.*', '**/server/**', '**/domain/**', '**/commands/**'],
    },
  ],
  runtimeConfigModule: { i18n: ['#i18n', 'i18n'] },
  compileNamespace: 'es',
});
