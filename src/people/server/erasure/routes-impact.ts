// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { endpoint, type Endpoint } from '../../../platform/server/endpoint.ts';
import { Impact, risksOf } from '../../domain/impact.ts';
import { listBases } from '../queries-basis.ts';
import type { PeopleSetup } from '../setup.ts';
import { getReadingLimits } from '../vault/queries-brake.ts';
import { countForImpact } from './queries-printout.ts';
import { listRules } from './queries-retention.ts';

/** Made anew whenever it is asked for, from what is set and counted: it says what is, not what was planned. */
export const impactEndpoints = ({ told }: PeopleSetup): readonly Endpoint[] => [
  endpoint({
    method: 'GET',
    path: '/api/data-protection/impact',
    tag: 'Data protection',
    summary: 'The data protection impact assessment of this installation, as it is set up now',
    rule: { may: 'basis.manage' },
    query: Type.Object({ locale: Type.Optional(Type.String({ maxLength: 35 })) }),
    response: Impact,
    async handle({ tx, now, actor, query }) {
      const facts = {
        bases: await listBases(tx),
        roles: [...(await told.roles(tx))],
        rules: await listRules(tx),
        sealed: await told.sealed(tx),
        numbers: await countForImpact(tx),
      };
      const asked = (await told.asked(tx, query.locale ?? actor.locale)).map((each) => ({ ...each, private: [...each.private] }));
      const settings = { limits: await getReadingLimits(tx), otherService: told.otherService() };
      return { madeAt: now.toISOString(), asked, ...facts, ...settings, risks: risksOf(facts, now) };
    },
  }),
];
