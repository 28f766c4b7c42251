// SPDX-License-Identifier: AGPL-3.0-or-later
import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';
import { pseudoMessages } from './pseudo.ts';

const english = {
  plain: compileMessage('Sign in'),
  named: compileMessage('Undo {file} now'),
  plural: compileMessage('{n, plural, one {# row of {file}} other {# rows of {file}}}'),
};

function say(direction: 'ltr' | 'rtl', id: keyof typeof english, values = {}): string {
  const i18n = setupI18n({ locale: 'en', messages: { en: pseudoMessages(english, direction) } });
  return i18n._(id, values);
}

describe('the pseudo languages', () => {
  test('left to right: longer and accented, so that what was never translated stands out', () => {
    expect(say('ltr', 'plain')).toBe('[Šîĝñ îñ ~~]');
  });

  test('what is put into a message stays as it is', () => {
    expect(say('ltr', 'named', { file: 'a.csv' })).toBe('[Ûñðö a.csv ñöŵ ~~]');
    expect(say('ltr', 'plural', { n: 2, file: 'a.csv' })).toBe('[2 ŕöŵš öƒ a.csv ~~]');
  });

  test('right to left: every word runs backwards, figures do not', () => {
    expect(say('rtl', 'plural', { n: 1, file: 'a.csv' })).toBe('1 \u202erow\u202c \u202eof\u202c a.csv');
  });
});
