// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import type { Identity } from '../domain/identity.ts';
import { documentWord } from './words.ts';

/** A name in its own script and direction. */
export function Name({ text, language }: { readonly text: string; readonly language?: string | undefined }) {
  return <bdi {...(language ? { lang: language } : {})}>{text}</bdi>;
}

/** Who somebody is, as far as it is kept. */
export function IdentityDetails({ identity, numbersWithheld }: { readonly identity: Identity; readonly numbersWithheld: boolean }) {
  const { names, phones, documents, address, guardian } = identity;
  const [first, ...others] = [...names].sort((a, b) => Number(b.kind === 'official') - Number(a.kind === 'official'));
  return (
    <div class="stack-tight">
      {first && (
        <p class="person-name">
          <Name text={first.full} language={first.language} />
        </p>
      )}
      {others.map((each) => (
        <p key={`${each.kind} ${each.full}`}>
          <span class="soft">{each.kind === 'called' ? t`Called` : each.kind === 'former' ? t`Earlier name` : t`Also written`}</span>{' '}
          <Name text={each.full} language={each.language} />
        </p>
      ))}
      {phones.map((phone) => (
        <p key={phone}>
          <span class="soft">{t`Telephone`}</span>{' '}
          <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>
            <bdi>{phone}</bdi>
          </a>
        </p>
      ))}
      {numbersWithheld && (
        <p>
          <span class="soft">{t`Telephone`}</span> {t`kept and not shown: without agreeing, nobody is called or written to. Go there.`}
        </p>
      )}
      {documents.map(({ kind, number }) => (
        <p key={`${kind} ${number}`}>
          <span class="soft">{documentWord(kind)}</span> <bdi class="number">{number}</bdi>
        </p>
      ))}
      {address && (
        <p>
          <span class="soft">{t`Where to find the person`}</span> <bdi>{address}</bdi>
        </p>
      )}
      {guardian && (
        <p>
          <span class="soft">{t`Parent or guardian`}</span> <bdi>{guardian.name}</bdi> <bdi>{guardian.phone ?? ''}</bdi>
        </p>
      )}
    </div>
  );
}
