// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import { PlaceSearch } from '../../../places/web/index.ts';
import type { PlaceRef } from '../../../places/domain/place.ts';
import { named } from '../../../platform/web/format.ts';
import { Button } from '../../../platform/web/ui/button.tsx';
import { largestAreaOf, reachOf, type Role } from '../../domain/roles.ts';
import { roleDoes, roleGroups, roleName } from '../role-words.ts';
import { OrganisationChoice } from './organisation-choice.tsx';

export interface PostDraft {
  readonly role: Role | undefined;
  /** Stays while another role is looked at, also one that has no area: what was found once need not be found again. */
  readonly place: PlaceRef | null;
  /** The id; stays as the place does. */
  readonly organisationId: string;
}

export const noPost: PostDraft = { role: undefined, place: null, organisationId: '' };

/** The rule of domain/posts.ts, said before the form is sent; the server has the last word. */
function isTooLarge({ role, place }: PostDraft): boolean {
  return role !== undefined && place !== null && place.level < (largestAreaOf(role) ?? 0);
}

/** Whether the role is held in an area at all. */
function hasArea(role: Role): boolean {
  return reachOf(role) === 'area';
}

function needsArea(role: Role): boolean {
  return hasArea(role) && largestAreaOf(role) !== null;
}

/** Whether what is chosen so far can be sent: some roles need an area, others have none. */
export function isWhole(post: PostDraft): boolean {
  if (post.role === undefined || isTooLarge(post)) return false;
  return hasOrganisation(post.role) ? post.organisationId !== '' : !needsArea(post.role) || post.place !== null;
}

function hasOrganisation(role: Role): boolean {
  return reachOf(role) === 'organisation';
}

/** What of it is sent: a place where the role has an area, an organisation where it is held in one. */
export function postOf({ role, place, organisationId }: PostDraft): { role?: Role; placeId: string | null; organisationId: string | null } {
  return {
    ...(role ? { role } : {}),
    placeId: role !== undefined && hasArea(role) ? (place?.placeId ?? null) : null,
    organisationId: role !== undefined && hasOrganisation(role) ? organisationId : null,
  };
}

interface Props {
  readonly value: PostDraft;
  readonly onChange: (value: PostDraft) => void;
  /** Whether somebody tried to send the form: before that, what is missing is not yet wrong. */
  readonly checked: boolean;
}

/** The role, and the area or organisation it holds for. */
export function PostFields({ value, onChange, checked }: Props) {
  return (
    <div class="stack">
      <RoleChoice value={value} onChange={onChange} checked={checked} />
      {value.role && hasArea(value.role) && <AreaChoice value={value} onChange={onChange} checked={checked} />}
      {value.role && hasOrganisation(value.role) && (
        <OrganisationChoice
          value={value.organisationId}
          onChange={(organisationId) => onChange({ ...value, organisationId })}
          missing={checked && value.organisationId === ''}
        />
      )}
    </div>
  );
}

function RoleChoice({ value, onChange, checked }: Props) {
  const name = useId();
  const wrong = checked && !value.role;
  return (
    <fieldset class={wrong ? 'role-choice field-wrong' : 'role-choice'} aria-describedby={wrong ? `${name}-error` : undefined}>
      <legend class="field-label">{t`Role`}</legend>
      {wrong && <p class="field-error" id={`${name}-error`}>{t`Choose a role`}</p>}
      {roleGroups.map(({ title, roles }) => (
        <div key={roles[0]} class="role-group" role="group" aria-label={title()}>
          <p class="role-group-title" aria-hidden="true">
            {title()}
          </p>
          {roles.map((each) => (
            <label key={each}>
              <input type="radio" name={name} checked={value.role === each} onChange={() => onChange({ ...value, role: each })} />
              <span>
                {roleName(each)}
                <br />
                <span class="soft small">{roleDoes(each)}</span>
              </span>
            </label>
          ))}
        </div>
      ))}
    </fieldset>
  );
}

function tooLarge(role: Role | undefined): string {
  const largest = role === undefined ? null : largestAreaOf(role);
  if (largest === 3) return t`Choose a village or another area below the district`;
  return largest === 2 ? t`Choose a district or a smaller area` : t`Choose a province or a smaller area`;
}

function areaNeeded(role: Role): string {
  const largest = largestAreaOf(role);
  if (largest === 3) return t`This role needs a village, or another area below the district.`;
  return largest === 2 ? t`This role needs a district or a smaller area.` : t`This role needs a province or a smaller area.`;
}

/** The search for an area, or the one that was found. Each replaces the other, and takes the focus along. */
export function AreaChoice({ value, onChange, checked }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const moving = useRef(false);
  const { role, place } = value;
  useEffect(() => {
    if (moving.current) box.current?.querySelector<HTMLElement>('input, button')?.focus();
    moving.current = false;
  }, [place]);
  const choose = (chosen: PlaceRef | null) => {
    moving.current = true;
    onChange({ ...value, place: chosen });
  };
  const error = isTooLarge(value) ? tooLarge(value.role) : checked && !isWhole(value) ? t`Choose an area` : undefined;
  const hint = role && needsArea(role) ? areaNeeded(role) : t`Leave it empty for the whole installation.`;
  return (
    <div
      ref={box}
      class={error ? 'stack-tight field-wrong' : 'stack-tight'}
      role="group"
      aria-label={t`Area`}
      aria-describedby={`${id}-more`}
    >
      {place && <span class="field-label">{t`Area`}</span>}
      {place ? (
        <div class="chosen-place">
          <span class="strong">
            <bdi>{named(place)}</bdi>
          </span>
          <Button kind="quiet" onClick={() => choose(null)}>{t`Choose another`}</Button>
        </div>
      ) : (
        <PlaceSearch label={t`Area`} onChoose={choose} />
      )}
      <div id={`${id}-more`}>
        {error && <p class="field-error">{error}</p>}
        {!place && <p class="soft small">{hint}</p>}
      </div>
    </div>
  );
}
