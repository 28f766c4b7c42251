// SPDX-License-Identifier: AGPL-3.0-or-later
import { useCallback, useEffect, useState } from 'preact/hooks';
import { t } from '@lingui/core/macro';
import type { Identity } from '../domain/identity.ts';
import { documentWord } from './words.ts';

/** How long a name stays on a screen that somebody may have walked away from. */
const shownFor = 120_000;

/** Something that goes away by itself: after two minutes, when the page is left, when the phone goes dark. */
export function useBriefly<T>(): readonly [T | undefined, (shown: T) => void, () => void] {
  const [shown, setShown] = useState<T | undefined>(undefined);
  const hide = useCallback(() => setShown(undefined), []);
  useEffect(() => {
    if (shown === undefined) return undefined;
    const timer = setTimeout(hide, shownFor);
    const away = () => {
      if (document.hidden) hide();
    };
    document.addEventListener('visibilitychange', away);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', away);
    };
  }, [shown, hide]);
  return [shown, setShown, hide];
}

/** A name in its own script and direction. */
export function Name({ text, language }: { readonly text: string; readonly language?: string | undefined }) {
  return <bdi {...(language ? { lang: language } : {})}>{text}</bdi>;
}

/** Who somebody is, as far as it is kept. */
export function IdentityDetails({ identity }: { readonly identity: Identity }) {
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
