// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { PlaceSearch } from '../../../places/web/index.ts';
import type { PlaceRef } from '../../../places/domain/place.ts';
import { named } from '../../../platform/web/format.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import type { Role } from '../../domain/rights.ts';
import { roleDoes, roleName, roleOrder } from '../role-words.ts';

export interface PostDraft {
  readonly role: Role | undefined;
  readonly place: PlaceRef | null;
}

/** Whether what is chosen so far can be sent: a district officer needs a place, an administrator has none. */
export function isWhole({ role, place }: PostDraft): boolean {
  return role !== undefined && (role !== 'district_officer' || place !== null);
}

/** The role and the area it holds for. */
export function PostFields({ value, onChange }: { readonly value: PostDraft; readonly onChange: (value: PostDraft) => void }) {
  const name = useId();
  const { role, place } = value;
  return (
    <div class="stack">
      <fieldset class="role-choice">
        <legend class="field-label">{t`Role`}</legend>
        {roleOrder.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={name}
              checked={role === each}
              onChange={() => onChange({ role: each, place: each === 'administrator' ? null : place })}
            />
            <span>
              {roleName(each)}
              <br />
              <span class="soft small">{roleDoes(each)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {role &&
        role !== 'administrator' &&
        (place ? (
          <div>
            <span class="field-label">{t`Area`}</span>
            <div class="chosen-place">
              <span class="strong">
                <bdi>{named(place)}</bdi>
              </span>
              <Button kind="quiet" onClick={() => onChange({ role, place: null })}>{t`Choose another`}</Button>
            </div>
          </div>
        ) : (
          <div class="stack-tight">
            <PlaceSearch label={t`Area`} onChoose={(chosen) => onChange({ role, place: chosen })} />
            <p class="soft small">
              {role === 'district_officer'
                ? t`A district officer needs a district or a smaller area.`
                : t`Leave it empty for the whole installation.`}
            </p>
          </div>
        ))}
    </div>
  );
}
