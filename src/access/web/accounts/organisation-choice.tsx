// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { useResource } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { Select } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loading } from '../../../platform/web/ui/states.tsx';
import { listOrganisations } from './organisations-data.ts';

interface Props {
  readonly value: string;
  readonly onChange: (organisationId: string) => void;
  /** Whether somebody tried to send the form without one. */
  readonly missing: boolean;
}

/** One of the organisations that have not ended. */
export function OrganisationChoice({ value, onChange, missing }: Props) {
  const organisations = useResource(listOrganisations, ['organisations']);
  if (organisations.problem) return <ProblemNotice problem={organisations.problem} />;
  if (!organisations.data) return <Loading />;
  const offered = organisations.data.filter(({ ended }) => !ended);
  if (offered.length === 0) {
    return (
      <p class={missing ? 'field-wrong' : undefined}>
        {t`This role is held in an organisation, and there is none yet.`} <Link href="/organisations">{t`Add the first one`}</Link>
      </p>
    );
  }
  return (
    <Select
      label={t`Organisation`}
      value={value}
      onChange={onChange}
      options={[
        { value: '', label: t`Choose an organisation` },
        ...offered.map(({ organisationId, name }) => ({ value: organisationId, label: name })),
      ]}
      {...(missing ? { error: t`Choose an organisation` } : {})}
    />
  );
}
