// SPDX-License-Identifier: AGPL-3.0-or-later
import { t } from '@lingui/core/macro';
import { named } from '../../platform/web/format.ts';
import { Link } from '../../platform/web/router.tsx';
import { Button } from '../../platform/web/ui/button.tsx';
import type { FoundPerson } from '../domain/person-record.ts';
import { personAddress } from './addresses.ts';
import { ageWords, sexWord, stateWords } from './words.ts';

interface Props {
  readonly found: readonly FoundPerson[];
  /** Instead of a link to the record. */
  readonly action?: { readonly label: string; readonly run: (person: FoundPerson) => void };
}

/** People a search found: name, record number, village, age. */
export function FoundList({ found, action }: Props) {
  return (
    <ul role="list" class="people-list">
      {found.map((person) => (
        <li key={person.personId}>
          <div>
            <p class="strong">
              {action ? (
                <bdi>{person.name}</bdi>
              ) : (
                <Link href={personAddress(person)}>
                  <bdi>{person.name}</bdi>
                </Link>
              )}
            </p>
            <p class="soft small">
              <bdi class="record-number">{person.number}</bdi> · <bdi>{named(person.place)}</bdi> · {ageWords(person.age)} ·{' '}
              {sexWord(person.sex)}
              {person.state !== 'here' && <> · {stateWords({ state: person.state as 'left', stateOn: null })}</>}
            </p>
          </div>
          {action && (
            <Button onClick={() => action.run(person)} label={t`${action.label}: ${person.number}`}>
              {action.label}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
