// SPDX-License-Identifier: AGPL-3.0-or-later
import { plural, t } from '@lingui/core/macro';
import { recordNumber } from '../../../platform/domain/record-number.ts';
import { decimal } from '../../../platform/web/format.ts';
import { BandChip } from '../../../platform/web/ui/band.tsx';
import { shown, type Score } from '../../domain/arithmetic.ts';
import { liveMembers, liveScore } from '../../domain/live-score.ts';
import type { Answers } from '../../domain/pack.ts';
import type { HouseholdRisk } from '../../domain/person-risk.ts';
import { countingNow } from '../../domain/visit-day.ts';
import { keyOf } from '../people/people-data.ts';
import { ageWords, sexWords } from '../words.ts';
import type { Assessing, Loaded } from './use-assessment.ts';

interface Props {
  readonly loaded: Loaded;
  readonly work: Assessing;
}

function Figures({ score }: { readonly score: Score }) {
  const { index, low, high } = shown(score);
  return (
    <>
      <BandChip band={score.band} />
      {index !== null && <span class="number strong">{decimal(index)}</span>}
      {low !== null && high !== null && <span class="soft small number">{t`between ${decimal(low)} and ${decimal(high)}`}</span>}
    </>
  );
}

const WithoutPrivate = () => <span class="soft small">{t`Without private answers: they count in the risk band once they are saved.`}</span>;

/** From the lowest to the highest, in one line; each of them below it, for whoever opens that: a phone has no room for eight at once. */
function Members({ risk, loaded, work }: Props & { readonly risk: HouseholdRisk }) {
  const members = liveMembers(loaded.instrument, risk.members, risk.questions, counting({ loaded, work }));
  const known = members.map(({ score }) => shown(score).index).filter((index) => index !== null);
  const lowest = decimal(Math.min(...known)),
    highest = decimal(Math.max(...known));
  const words = plural(members.length, { one: 'Risk of # person as answered', other: 'Risk of # people as answered' });
  return (
    <>
      <div class="live" role="status">
        <span class="soft small">{words}</span>{' '}
        {known.length > 0 && <span class="number strong">{lowest === highest ? lowest : t`${lowest} to ${highest}`}</span>}
      </div>
      <details class="live-members">
        <summary>{t`Each of them`}</summary>
        <ul role="list" class="plain-list">
          {members.map(({ member, score }) => (
            <li key={keyOf(member)} class="live">
              <bdi class="record-number">{recordNumber(member.personId)}</bdi>
              <span class="soft small">
                {sexWords(member.sex)}, {ageWords(member.ageGroup)}
              </span>
              <Figures score={score} />
            </li>
          ))}
        </ul>
        {loaded.instrument.indicators.some((each) => each.protected) && <WithoutPrivate />}
      </details>
    </>
  );
}

/** What moves the index: not what is answered for a day after which a newer answer was given. */
const counting = ({ loaded: { instrument, said }, work: { draft, moment } }: Props): Answers =>
  countingNow(instrument.indicators, draft.answers, said, moment);

/** The index as one answers, as it stands once it is saved. Of a correction it is not shown: other visits may count after the one that is corrected. */
export function Live({ loaded, work }: Props) {
  const { risk, instrument, old } = loaded;
  if (old) return null;
  if ('members' in risk) return risk.members.length === 0 ? null : <Members risk={risk} loaded={loaded} work={work} />;
  if (!('standing' in risk) || !risk.standing) return null;
  return (
    <div class="live" role="status">
      <span class="soft small">{t`Risk as answered`}</span>{' '}
      <Figures score={liveScore(instrument, risk.standing, risk.questions, counting({ loaded, work }))} />
      {!risk.whole && <WithoutPrivate />}
    </div>
  );
}
