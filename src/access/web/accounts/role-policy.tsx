// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { api } from '../../../platform/web/api.ts';
import { useAct, useResource } from '../../../platform/web/resource.ts';
import { Checkbox } from '../../../platform/web/ui/field.tsx';
import { ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Loaded } from '../../../platform/web/ui/states.tsx';
import type { RoleProof } from '../../domain/proof.ts';
import { isRole } from '../../domain/roles.ts';
import { roleName } from '../role-words.ts';

interface Policy {
  readonly rows: readonly RoleProof[];
}

/** Of whom a second proof is asked. Whoever has none is led through setting one up at the next sign-in, so nobody is locked out by this. */
export function RolePolicy() {
  const policy = useResource((signal) => api.get<Policy>('/role-policy', undefined, { signal }), ['role policy']);
  const change = useAct(async (role: string, asked: boolean) => {
    const before = policy.data;
    if (before) policy.put({ rows: before.rows.map((each) => (each.role === role ? { role, asked } : each)) });
    try {
      policy.put(await api.put<Policy>(`/role-policy/${role}`, { asked }));
    } catch (error) {
      if (before) policy.put(before);
      throw error;
    }
  });
  return (
    <section class="stack" aria-labelledby="policy-title">
      <h2 id="policy-title">{t`Second proof`}</h2>
      <p>{t`Whose work opens much proves twice who they are: by password, and by a code or a passkey. Whoever has no second proof yet sets one up at the next sign-in.`}</p>
      {change.problem && <ProblemNotice problem={change.problem} />}
      <Loaded of={policy}>
        {({ rows }) => (
          <div class="stack-tight">
            {rows.map(({ role, asked }) => (
              <Checkbox
                key={role}
                label={isRole(role) ? roleName(role) : role}
                checked={asked}
                onChange={(wanted) => void change.run(role, wanted)}
              />
            ))}
          </div>
        )}
      </Loaded>
    </section>
  );
}
