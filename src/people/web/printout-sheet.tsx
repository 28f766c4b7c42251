// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { day, moment, named } from '../../platform/web/format.ts';
import type { Printout } from '../domain/printout.ts';
import { Answers } from './printout-answers.tsx';
import './printout.css';
import { categoryWord, kindWord, requestStateWord, roleName } from './requests-words.ts';
import { actWord, bornWords, documentWord, eventWord, fromListOf, purposeName, sexWord, speakerWord, stateWords } from './words.ts';

/** Everything kept about one person, in plain words and large letters. */
export function Sheet({ printout }: { readonly printout: Printout }) {
  const { record, instruments } = printout;
  const [made, number] = [moment(printout.madeAt), record.number];
  return (
    <article class="printout stack-wide">
      <p>{t`Your record has the number ${number}. This page was made on ${made}. It is yours to keep; show it only to people you trust.`}</p>
      <Who printout={printout} />
      {instruments.map((each) => (
        <Answers key={each.title} told={each} />
      ))}
      <section>
        <h2>{t`What you agreed to`}</h2>
        {record.consents.length === 0 && <p>{t`Nothing is written down.`}</p>}
        <ul>
          {record.consents.map(({ eventId, purpose, act, byWhom, observedAt }) => (
            <li key={eventId}>
              {purposeName(purpose)}: {actWord(act)} ({speakerWord(byWhom)}), {day(observedAt)}
            </li>
          ))}
        </ul>
        {record.restricted !== null && (
          <p>{t`You, or who speaks for you, objected or took consent back: nobody visits you and nothing new is written down.`}</p>
        )}
        {record.basis && (
          <p>
            {t`The law or agreement under which your record is kept:`} <bdi>{record.basis.title}</bdi>
          </p>
        )}
      </section>
      <section>
        <h2>{t`What happened to your record`}</h2>
        {record.events.length === 0 && <p>{t`Nothing so far.`}</p>}
        <ul>
          {record.events.map(({ eventId, kind, onDate, from, to, source }) => (
            <li key={eventId}>
              {day(onDate)}: {eventWord(kind)}
              {(from ?? to) && (
                <>
                  {', '}
                  <bdi>{[from, to].flatMap((place) => (place ? [named(place)] : [])).join(' → ')}</bdi>
                </>
              )}
              {source && (
                <>
                  {', '}
                  {fromListOf(source)}
                </>
              )}
            </li>
          ))}
        </ul>
      </section>
      <Others printout={printout} />
    </article>
  );
}

type Reading = Printout['readings'][number];

/** How a name was opened says nothing to the person: one line a day and role. */
function timesRead(readings: readonly Reading[]): Reading[] {
  const lines = new Map<string, Reading>();
  for (const each of readings) {
    const key = `${each.date} ${each.role}`;
    lines.set(key, { ...each, times: each.times + (lines.get(key)?.times ?? 0) });
  }
  return [...lines.values()];
}

/** With whom it is shared, and who read it. */
function Others({ printout }: { readonly printout: Printout }) {
  const { readings, shared } = printout;
  return (
    <>
      <section>
        <h2>{t`With whom it is shared`}</h2>
        {shared.length === 0 && <p>{t`With no other organisation.`}</p>}
        <ul>
          {shared.map((each) => (
            <li key={each.since}>
              <bdi>{each.with}</bdi>, {t`since`} {day(each.since)}
              {each.until && `, ${t`until`} ${day(each.until)}`}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t`Who read your name`}</h2>
        {readings.length === 0 && <p>{t`Nobody so far.`}</p>}
        <ul>
          {timesRead(readings).map(({ date, role, times }) => (
            <li key={`${date} ${role}`}>
              {day(date)}: {roleName(role)}, {plural(times, { one: 'once', other: '# times' })}
            </li>
          ))}
        </ul>
      </section>
      <Rights printout={printout} />
    </>
  );
}

function Rights({ printout: { requests, kept } }: { readonly printout: Printout }) {
  const keptOn = kept ? day(kept.on) : '';
  return (
    <>
      <section>
        <h2>{t`How long it is kept`}</h2>
        <p>
          {kept === null
            ? t`No rule says when your record ends. You may ask for it to be erased at any time.`
            : `${categoryWord(kept.category)}: ${kept.action === 'erase' ? t`erased from ${keptOn} on, as things stand now` : t`looked at again from ${keptOn} on, as things stand now`}`}
        </p>
      </section>
      <section>
        <h2>{t`Your rights`}</h2>
        <p>{t`You may ask at any time to see what is kept, to have it set right or erased, and you may object. You may take back what you agreed to. You need not say why, and help never depends on it. You get an answer within 30 days.`}</p>
        <p>{t`Tell whoever visits you, or any officer. If you are not content, complain to the data protection officer, or to the authority that watches over personal data in your country.`}</p>
        <ul>
          {requests.map(({ requestId, kind, state, saidOn }) => (
            <li key={requestId}>
              {day(saidOn)}: {kindWord(kind)} · {requestStateWord(state)}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Who({ printout: { record, identity, numbersWithheld, members } }: { readonly printout: Printout }) {
  return (
    <section>
      <h2>{t`Who you are`}</h2>
      <dl class="facts">
        <dt>{t`Name`}</dt>
        <dd>{identity ? identity.names.map(({ full }) => <bdi key={full}>{full} </bdi>) : t`not kept`}</dd>
        {(identity?.phones ?? []).length > 0 && [
          <dt key="t">{t`Telephone`}</dt>,
          <dd key="d">
            {identity?.phones.map((phone) => (
              <div key={phone}>
                <bdi>{phone}</bdi>
              </div>
            ))}
          </dd>,
        ]}
        {numbersWithheld && [
          <dt key="wt">{t`Telephone`}</dt>,
          <dd key="wd">
            {t`A number is kept and left out here, because numbers are told only where calling was agreed to. Ask whoever visits you, or any officer, to see what is kept about you; then it stands on this page.`}
          </dd>,
        ]}
        {(identity?.documents ?? []).map(({ kind, number }) => [
          <dt key={`${number} t`}>{documentWord(kind)}</dt>,
          <dd key={number}>
            <bdi>{number}</bdi>
          </dd>,
        ])}
        {identity?.address && [<dt key="at">{t`Address`}</dt>, <dd key="ad">{identity.address}</dd>]}
        {identity?.guardian && [
          <dt key="gt">{t`Parent or guardian`}</dt>,
          <dd key="gd">
            <bdi>{identity.guardian.name}</bdi> <bdi>{identity.guardian.phone ?? ''}</bdi>
          </dd>,
        ]}
        <dt>{t`Sex`}</dt>
        <dd>{sexWord(record.sex)}</dd>
        <dt>{t`Birth`}</dt>
        <dd>{record.bornOn ? bornWords(record.bornOn, record.bornPrecision) : t`not known`}</dd>
        <dt>{t`Lives in`}</dt>
        <dd>
          <bdi>{named(record.place)}</bdi>
        </dd>
        <dt>{t`Household`}</dt>
        <dd>{plural(members, { one: '# person', other: '# people' })}</dd>
        {stateWords(record) && [<dt key="s">{t`State`}</dt>, <dd key="sd">{stateWords(record)}</dd>]}
        <dt>{t`Registered`}</dt>
        <dd>{day(record.registeredAt)}</dd>
      </dl>
    </section>
  );
}
