// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { language, languages } from '../../platform/web/i18n.ts';
import { useAct } from '../../platform/web/resource.ts';
import { Select } from '../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../platform/web/ui/notice.tsx';
import { chooseLanguage } from './session.ts';

/** Each language in its own words: whoever needs the list cannot read the one on screen. */
export function LanguageChoice({ showLabel = false }: { readonly showLabel?: boolean }) {
  const choose = useAct(chooseLanguage);
  const now = language();
  const offered = languages.filter((each) => !each.pseudo || each.code === now.code);
  return (
    <div class="language-choice">
      <Select
        label={t`Language`}
        hideLabel={!showLabel}
        value={now.code}
        onChange={(code) => void choose.run(code)}
        options={offered.map((each) => ({ value: each.code, label: each.name }))}
      />
      {choose.problem && <ProblemNotice problem={choose.problem} />}
    </div>
  );
}
