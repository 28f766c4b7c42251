// SPDX-License-Identifier: AGPL-3.0-or-later
import { Printer } from 'lucide';
import type { ComponentChildren } from 'preact';
import { plural, t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { count, day, moment } from '../../platform/web/format.ts';
import { language } from '../../platform/web/i18n.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { Page } from '../../platform/web/ui/page.tsx';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table } from '../../platform/web/ui/table.tsx';
import type { Impact, Risk, RoleFacts } from '../domain/impact.ts';
import './people.css';
import './printout.css';
import { categoryWord, roleName } from './requests-words.ts';
import { ruleWords } from './retention-part.tsx';
import { groundWord, purposeName } from './words.ts';

/** Each risk as a sentence, with what to do about it. */
function riskWords(risk: Risk): string {
  switch (risk.code) {
    case 'no-basis':
      return t`No lawful basis is in force. State one, or record nobody.`;
    case 'basis-without-consent': {
      const titles = risk.titles.join(', ');
      return t`People are recorded without being asked: ${titles}. Tell them what is kept, and check that the law cited covers each purpose.`;
    }
    case 'records-without-basis':
      return plural(risk.n, {
        one: '# person is recorded on no basis that is in force. Find one, or erase the record.',
        other: '# people are recorded on no basis that is in force. Find one, or erase the records.',
      });
    case 'role-without-second-proof': {
      const who = risk.roles.map(roleName).join(', ');
      return t`A password alone opens records of people for: ${who}. An administrator can ask these roles for a second proof.`;
    }
    case 'no-retention-rule': {
      const kinds = risk.categories.map(categoryWord).join(', ');
      return t`Records are kept without an end where no rule says otherwise: ${kinds}.`;
    }
    case 'overdue':
      return plural(risk.n, {
        one: '# request should have been answered already.',
        other: '# requests should have been answered already.',
      });
    case 'due':
      return plural(risk.n, {
        one: 'The time of # record is over and nobody decided about it.',
        other: 'The time of # records is over and nobody decided about them.',
      });
    case 'old-key': {
      const days = count(risk.days);
      return t`The master key of the names is ${days} days old. Change it (./waymark key rotate).`;
    }
    case 'unsealed':
      return plural(risk.n, {
        one: '# entry of the record of use is not sealed yet.',
        other: '# entries of the record of use are not sealed yet.',
      });
    case 'no-officer':
      return t`Nobody holds the post of data protection officer.`;
    case 'demo':
      return t`This is a demo: everybody knows its passwords, and its key lies among its data. Keep nothing real in it.`;
  }
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** What is set up here and counted, and which risks follow; made anew each time it is opened. */
export default function ImpactPage() {
  const { code } = language();
  const impact = useResource((signal) => api.get<Impact>('/data-protection/impact', { locale: code }, { signal }), ['impact', code]);
  const made = impact.data ? moment(impact.data.madeAt) : '';
  return (
    <Page
      title={t`Data protection impact assessment`}
      lead={made ? t`Made on ${made}, from how this installation is set up and what it holds at this moment.` : undefined}
      actions={
        <span class="off-paper">
          <Button icon={Printer} onClick={() => print()}>{t`Print`}</Button>
        </span>
      }
    >
      <Loaded of={impact}>{(data) => <Sheet impact={data} />}</Loaded>
    </Page>
  );
}

function Sheet({ impact }: { readonly impact: Impact }) {
  const { risks, bases, asked, numbers } = impact;
  return (
    <div class="stack-wide narrow-page">
      <Part title={t`Risks that follow from the settings`}>
        {risks.length === 0 ? (
          <p>{t`None that Waymark can tell from its settings.`}</p>
        ) : (
          <ul>
            {risks.map((risk) => (
              <li key={risk.code}>{riskWords(risk)}</li>
            ))}
          </ul>
        )}
      </Part>
      <Part title={t`Why people are recorded`}>
        {bases.length === 0 && <p>{t`No lawful basis is stated.`}</p>}
        <ul>
          {bases.map(({ basisId, title, ground, citation, purposes, needsConsent, endedAt }) => (
            <li key={basisId}>
              <bdi>{title}</bdi>: {groundWord(ground)}. <bdi>{citation}</bdi>. {purposes.map(purposeName).join(', ')}.{' '}
              {needsConsent ? t`Each person is asked.` : t`People are told, and not asked.`} {endedAt ? t`Ended.` : ''}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t`What is kept`}>
        {!numbers.peopleKept && (
          <p class="strong">
            {numbers.records === 0
              ? t`This installation is set to keep places and figures only: nobody is recorded.`
              : t`This installation is set to keep places and figures only: nobody new is recorded. What was recorded before is still here.`}
          </p>
        )}
        <p>{t`Names, telephone numbers and documents, sealed one by one; sex, birth date, village and household; answers; consents; moves; what people asked for.`}</p>
        {asked.map(({ title, questions, private: hidden }) => (
          <div class="stack-tight" key={title}>
            <p class="strong">
              <bdi>{title}</bdi> · {plural(questions, { one: '# question', other: '# questions' })}
            </p>
            <p>
              {t`Private, read only by the person and the case worker:`} <bdi>{hidden.join(', ')}</bdi>
            </p>
          </div>
        ))}
        <Numbers numbers={numbers} />
      </Part>
      <Around impact={impact} />
    </div>
  );
}

function Around({ impact }: { readonly impact: Impact }) {
  const { rules, numbers } = impact;
  return (
    <>
      <Part title={t`Who may see people`}>
        <Roles roles={impact.roles} accounts={numbers.accounts} />
        <p>
          {numbers.referred === 0
            ? t`No other organisation reads anybody's record.`
            : `${plural(numbers.organisations, { one: '# other organisation reads records', other: '# other organisations read records' })}: ${plural(numbers.referred, { one: '# person, who agreed', other: '# people, who agreed' })}.`}
        </p>
      </Part>
      <Part title={t`How long`}>
        <ul>
          {rules.map((rule) => (
            <li key={rule.category}>
              {categoryWord(rule.category)}: {ruleWords(rule)}
            </li>
          ))}
        </ul>
        <p>{plural(numbers.holds, { one: '# legal hold stands.', other: '# legal holds stand.' })}</p>
      </Part>
      <Part title={t`What protects them`}>
        <Safeguards impact={impact} />
      </Part>
    </>
  );
}

function Numbers({ numbers: n }: { readonly numbers: Impact['numbers'] }) {
  const facts: readonly (readonly [string, number])[] = [
    [t`People who are here`, n.people],
    [t`Records, with those of people who died, left or were joined`, n.records],
    [t`Households`, n.households],
    [t`Names kept`, n.identities],
    [t`Visits recorded`, n.assessments],
    [t`Times a name was read in 30 days`, n.readings30],
    [t`Different readers in 30 days`, n.readers30],
    [t`Requests open`, n.open],
    [t`Of them late`, n.overdue],
    [t`Records used no further`, n.restricted],
    [t`Records erased so far`, n.erased],
  ];
  return <dl class="facts">{facts.map(([name, value]) => [<dt key={`${name} t`}>{name}</dt>, <dd key={name}>{count(value)}</dd>])}</dl>;
}

function readsWord(right: string): string {
  switch (right) {
    case 'people.read':
      return t`records of the own area`;
    case 'identity.read':
      return t`names in the own area`;
    case 'assigned.read':
      return t`records and names of people in one's care`;
    case 'own.read':
      return t`the own record`;
    case 'protected.read':
      return t`private answers of those in one's care, or one's own`;
    default:
      return t`who looked at whom, by record number`;
  }
}

function Roles({ roles, accounts }: { readonly roles: readonly RoleFacts[]; readonly accounts: Readonly<Record<string, number>> }) {
  return (
    <Table
      caption={t`Roles that read anything about people`}
      rows={roles.filter(({ reads }) => reads.length > 0)}
      rowKey={({ role }) => role}
      columns={[
        { key: 'role', head: t`Role`, rowHead: true, cell: ({ role }) => roleName(role) },
        { key: 'n', head: t`Accounts`, cell: ({ role }) => count(accounts[role] ?? 0) },
        { key: 'reads', head: t`Reads`, cell: ({ reads }) => reads.map(readsWord).join('; ') },
        { key: 'proof', head: t`Second proof`, cell: ({ secondProof }) => (secondProof ? t`asked` : t`not asked`) },
      ]}
    />
  );
}

/** How somebody comes in, and how much she may then open. */
function doorsWords({ limits, otherService }: Impact): string[] {
  const [ten, inADay, searches] = [count(limits.peopleInTenMinutes), count(limits.peopleInADay), count(limits.searchesInAMinute)];
  const service = otherService?.label ?? '';
  return [
    t`One account opens the names of at most ${ten} people in ten minutes and of ${inADay} in a day, and searches at most ${searches} times a minute.`,
    otherService === null
      ? t`Everybody signs in here; no other service vouches for anybody.`
      : otherService.countsAsProof
        ? t`People may also sign in through ${service}, whose second proof counts here.`
        : t`People may also sign in through ${service}; the second proof is asked here all the same.`,
  ];
}

function Safeguards({ impact }: { readonly impact: Impact }) {
  const { numbers, sealed, risks } = impact;
  const { vaultKey } = numbers;
  const [keyId, keyMade] = [vaultKey?.id ?? '', vaultKey ? day(vaultKey.madeAt) : ''];
  const sealedAt = sealed.sealedAt ? moment(sealed.sealedAt) : '';
  return (
    <ul>
      <li>
        {vaultKey
          ? risks.some(({ code }) => code === 'demo')
            ? t`Names are sealed under the master key ${keyId}, made on ${keyMade}.`
            : t`Names are sealed under the master key ${keyId}, made on ${keyMade}, which lies apart from the data.`
          : t`No name is kept, so there is no master key yet.`}
      </li>
      <li>{sealedAt ? t`The record of use is sealed; the last seal is of ${sealedAt}.` : t`The record of use has no seal yet.`}</li>
      {doorsWords(impact).map((words) => (
        <li key={words}>{words}</li>
      ))}
      <li>{t`Every reading of a name is recorded, and the data protection officer sees who looked at whom.`}</li>
      <li>{t`Figures about fewer than eleven people are shown to nobody outside their area.`}</li>
      <li>{t`Whoever is erased stays erased when an older backup is brought back.`}</li>
      <li>{t`Backups are encrypted. When the last one was made, Waymark does not know: ask whoever runs it.`}</li>
    </ul>
  );
}
