// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { api } from '../../platform/web/api.ts';
import { day, named } from '../../platform/web/format.ts';
import { useResource } from '../../platform/web/resource.ts';
import { Button } from '../../platform/web/ui/button.tsx';
import { ConfirmDialog } from '../../platform/web/ui/dialog.tsx';
import { Select, TextField } from '../../platform/web/ui/field.tsx';
import { useLostFocus } from '../../platform/web/ui/lost-focus.ts';
import { Loaded } from '../../platform/web/ui/states.tsx';
import { Table, type Column } from '../../platform/web/ui/table.tsx';
import {
  retentionCategories,
  type DueRecord,
  type RetentionAction,
  type RetentionCategory,
  type RetentionRule,
} from '../domain/retention.ts';
import { NumberWithWays } from './number-with-ways.tsx';
import { EraseDueDialog, KeepDialog } from './request-dialogs.tsx';
import { categoryWord } from './requests-words.ts';

interface Retention {
  readonly rules: readonly RetentionRule[];
  readonly due: readonly DueRecord[];
}
const path = '/data-protection/retention';

export function ruleWords({ months, action }: Pick<RetentionRule, 'months' | 'action'>): string {
  return action === 'erase'
    ? plural(months, { one: 'After # month: erased, without anybody looking', other: 'After # months: erased, without anybody looking' })
    : plural(months, { one: 'After # month: you look at each record', other: 'After # months: you look at each record' });
}

type Open = { readonly kind: 'rule'; readonly category: RetentionCategory } | { readonly kind: 'keep' | 'erase'; readonly due: DueRecord };

interface Props {
  /** Counts up when a hold was placed or ended: whose time is over is told anew. */
  readonly round: number;
  readonly onChanged: () => void;
}

/** How long records are kept, and whose time is over. */
export function RetentionPart({ round, onChanged }: Props) {
  const retention = useResource((signal) => api.get<Retention>(path, undefined, { signal }), ['retention', round]);
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = () => setOpen(undefined);
  const head = useLostFocus(retention.data?.due.length);
  const onErased = (left: Retention) => {
    retention.put(left);
    onChanged();
  };
  return (
    <section class="stack" aria-labelledby="retention">
      <h2 id="retention">{t`Rules`}</h2>
      <Loaded of={retention}>
        {({ rules, due }) => (
          <div class="stack">
            <ul role="list" class="people-list">
              {retentionCategories.map((category) => (
                <Rule
                  key={category}
                  category={category}
                  rule={rules.find((each) => each.category === category)}
                  onChange={() => setOpen({ kind: 'rule', category })}
                />
              ))}
            </ul>
            <h3 tabIndex={-1} ref={head}>{t`Time is over`}</h3>
            <p class="soft small">{t`Also records that rest on nothing any more: their lawful basis was ended, or a child came of an age at which it is asked itself and was not.`}</p>
            {due.length === 0 ? (
              <p class="soft">{t`Nobody's time is over. Every night Waymark looks again.`}</p>
            ) : (
              <Table
                caption={t`Records whose time is over`}
                columns={columns(setOpen)}
                rows={due}
                rowKey={(row) => `${row.personId} ${row.category}`}
              />
            )}
          </div>
        )}
      </Loaded>
      {open?.kind === 'rule' && (
        <RuleDialog
          category={open.category}
          rule={retention.data?.rules.find(({ category }) => category === open.category)}
          onClose={close}
          onDone={retention.put}
        />
      )}
      {open?.kind === 'keep' && <KeepDialog<Retention> due={open.due} onClose={close} onDone={retention.put} />}
      {open?.kind === 'erase' && <EraseDueDialog<Retention> due={open.due} onClose={close} onDone={onErased} />}
    </section>
  );
}

interface RuleProps {
  readonly category: RetentionCategory;
  readonly rule: RetentionRule | undefined;
  readonly onChange: () => void;
}

function Rule({ category, rule, onChange }: RuleProps) {
  const name = categoryWord(category);
  return (
    <li>
      <div class="stack-tight">
        <p class="strong">{name}</p>
        <p class={rule ? '' : 'soft'}>{rule ? ruleWords(rule) : t`No rule: kept without an end`}</p>
      </div>
      <Button kind="quiet" label={t`Change: ${name}`} onClick={onChange}>{t`Change`}</Button>
    </li>
  );
}

function columns(open: (what: Open) => void): readonly Column<DueRecord>[] {
  return [
    { key: 'number', head: t`Record`, rowHead: true, cell: (row) => <NumberWithWays number={row.number} /> },
    { key: 'why', head: t`Why`, cell: (row) => `${categoryWord(row.category)}, ${day(row.sinceOn, 'medium')}` },
    { key: 'district', head: t`District`, cell: (row) => <bdi>{row.district ? named(row.district) : ''}</bdi> },
    { key: 'state', head: t`State`, cell: (row) => <DueState row={row} /> },
    {
      key: 'act',
      head: t`Decide`,
      cell: (row) => (
        <span class="row">
          <Button
            kind="quiet"
            label={t`Keep longer: ${row.number}`}
            onClick={() => open({ kind: 'keep', due: row })}
          >{t`Keep longer`}</Button>
          {!row.held && row.category !== 'merged' && (
            <Button kind="quiet" label={t`Erase ${row.number}`} onClick={() => open({ kind: 'erase', due: row })}>{t`Erase`}</Button>
          )}
        </span>
      ),
    },
  ];
}

function DueState({ row }: { readonly row: DueRecord }) {
  const until = row.keepUntil ? day(row.keepUntil, 'medium') : '';
  if (row.held) return <span>{t`A legal hold stands`}</span>;
  return <span>{until ? t`Kept until ${until}` : t`To be decided`}</span>;
}

interface RuleDialogProps {
  readonly category: RetentionCategory;
  readonly rule: RetentionRule | undefined;
  readonly onClose: () => void;
  readonly onDone: (retention: Retention) => void;
}

function RuleDialog({ category, rule, onClose, onDone }: RuleDialogProps) {
  const [months, setMonths] = useState(String(rule?.months ?? 36));
  const [action, setAction] = useState<RetentionAction | 'none'>(rule?.action ?? 'review');
  const count = Number(months);
  const wrong = action !== 'none' && !(Number.isInteger(count) && count >= 1 && count <= 600);
  const save = () =>
    action === 'none' ? api.delete<Retention>(`${path}/${category}`) : api.put<Retention>(`${path}/${category}`, { months: count, action });
  return (
    <ConfirmDialog
      title={categoryWord(category)}
      action={t`Save`}
      kind="primary"
      ready={!wrong}
      onClose={onClose}
      onConfirm={async () => onDone(await save())}
    >
      {(tried) => (
        <>
          <Select
            label={t`What happens then`}
            value={action}
            onChange={setAction}
            options={[
              { value: 'review', label: t`I look at each record` },
              { value: 'erase', label: t`It is erased without anybody looking` },
              { value: 'none', label: t`Nothing: kept without an end` },
            ]}
          />
          {action !== 'none' && (
            <TextField
              label={t`After how many months`}
              type="number"
              min="1"
              max="600"
              value={months}
              onInput={setMonths}
              error={tried && wrong ? t`Write a whole number from 1 to 600` : undefined}
            />
          )}
          <p class="soft small">{t`A legal hold keeps a record whatever the rule says. The rule that held before stays in the record of use.`}</p>
        </>
      )}
    </ConfirmDialog>
  );
}
