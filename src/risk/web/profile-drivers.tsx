// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { Link } from 'wouter';
import { useState } from 'preact/hooks';
import { count, day, decimal, named, percent } from '../../platform/web/format.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { BandShape } from '../../platform/web/ui/band.tsx';
import type { Driver, Profile } from '../domain/profile.ts';
import { blankWords } from './words.ts';

const first = 8;

/** What was measured, as its indicator is measured. */
function measured(driver: Driver): string {
  if (driver.value === null) return '';
  if (driver.n !== null)
    return t`${percent(driver.value * 100, 1)} of ${plural(driver.n, { one: '# person', other: '# people' })} who answered`;
  if (driver.unit === 'rate') return t`${decimal(driver.value)} per ${count(driver.per ?? 1)}`;
  return percent(driver.value * 100, 1);
}

/** Whether it was measured here, below or above: a figure lent by a larger area says so. */
function originWords(driver: Driver, hrefOf: (id: string) => string) {
  if (driver.origin === 'measured') return <>{t`measured here`}</>;
  if (driver.origin === 'summed') {
    return driver.placesWith !== null && driver.placesAll !== null ? (
      <>{t`added up from ${count(driver.placesWith)} of ${plural(driver.placesAll, { one: '# place', other: '# places' })} below`}</>
    ) : (
      <>{t`added up from the places below`}</>
    );
  }
  if (driver.origin === 'inherited') {
    return driver.from ? (
      <>
        {t`taken from the larger area`}{' '}
        <Link href={hrefOf(driver.from.placeId)}>
          <bdi>{named(driver.from)}</bdi>
        </Link>
      </>
    ) : (
      <>{t`taken from the larger area`}</>
    );
  }
  return null;
}

function DriverLine({ driver, hrefOf }: { readonly driver: Driver; readonly hrefOf: (id: string) => string }) {
  const figure = measured(driver);
  const origin = originWords(driver, hrefOf);
  const parts = [
    figure && <span class="number">{figure}</span>,
    origin,
    driver.source && <bdi>{driver.source}</bdi>,
    driver.observedOn && <span class="nowrap">{day(driver.observedOn, 'medium')}</span>,
  ].filter(Boolean);
  return (
    <li class="driver">
      {driver.score !== null && <BandShape band={driver.score} />}
      <div>
        <p>{driver.text}</p>
        {parts.length > 0 && (
          <p class="small soft">
            {parts.map((part, i) => (
              <span key={i}>
                {part}
                {i < parts.length - 1 && ' · '}
              </span>
            ))}
          </p>
        )}
      </div>
    </li>
  );
}

/** Why the place stands where it does, worst first, in sentences with where each one comes from. */
export function Drivers({ profile, hrefOf }: { readonly profile: Profile; readonly hrefOf: (id: string) => string }) {
  const [all, setAll] = useState(false);
  const { drivers, privateIndicators } = profile;
  const shown = all ? drivers : drivers.slice(0, first);
  return (
    <section class="stack" aria-labelledby="drivers-title">
      <h2 id="drivers-title">{t`Why`}</h2>
      {drivers.length === 0 && (
        <p class="soft">
          {profile.own.cover === 'shown' ? t`Nothing stands out in what is recorded.` : blankWords(profile.own, profile.threshold)}
        </p>
      )}
      <ul role="list" class="drivers">
        {shown.map((driver) => (
          <DriverLine key={driver.code} driver={driver} hrefOf={hrefOf} />
        ))}
      </ul>
      {drivers.length > first && (
        <div class="not-in-print">
          <Button kind="quiet" onClick={() => setAll(!all)} expanded={all}>
            {all ? t`Show fewer` : t`Show all ${count(drivers.length)}`}
          </Button>
        </div>
      )}
      {privateIndicators > 0 && (
        <p class="small soft">
          {plural(privateIndicators, {
            one: '# more reason counts in the index but stays between a person and the case worker.',
            other: '# more reasons count in the index but stay between a person and the case worker.',
          })}
        </p>
      )}
    </section>
  );
}
