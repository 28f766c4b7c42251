// SPDX-License-Identifier: AGPL-3.0-or-later
import { useState } from 'preact/hooks';
import { plural, t } from '@lingui/core/macro';
import { upload } from '../../../platform/web/api.ts';
import { inReadersWords } from '../../../platform/web/details.ts';
import { useAct } from '../../../platform/web/resource.ts';
import { Link } from '../../../platform/web/router.tsx';
import { Button } from '../../../platform/web/ui/button.tsx';
import { FileField } from '../../../platform/web/ui/field.tsx';
import { Notice, ProblemNotice } from '../../../platform/web/ui/notice.tsx';
import { Page } from '../../../platform/web/ui/page.tsx';
import { Progress } from '../../../platform/web/ui/progress.tsx';
import type { UserImport } from '../../domain/user-import.ts';
import { SlipSheet } from './slip-sheet.tsx';
import { VerdictTable } from './user-import-verdicts.tsx';
import { welcomeAddress } from './slip.tsx';

interface Wish {
  readonly dryRun: boolean;
  /** Also for those who were made before and have not come in. */
  readonly newCodes?: boolean;
}

function formOf(file: File, { dryRun, newCodes = false }: Wish): FormData {
  const form = new FormData();
  form.append('dryRun', String(dryRun));
  form.append('newCodes', String(newCodes));
  form.append('address', welcomeAddress());
  form.append('file', file);
  return form;
}

/** Many accounts from one file: tried first, then made all together or not at all. */
export default function UserImportPage() {
  const [file, setFile] = useState<File | undefined>(undefined);
  const [answer, setAnswer] = useState<UserImport | undefined>(undefined);
  const [sent, setSent] = useState<number | undefined>(undefined);
  const send = useAct(async (chosen: File, wish: Wish) => {
    setSent(0);
    setAnswer(await upload<UserImport>('/accounts/import', formOf(chosen, wish), (share) => setSent(share < 1 ? share : undefined)));
  });
  const choose = (files: readonly File[]) => {
    const [chosen] = files;
    if (!chosen) return;
    setFile(chosen);
    setAnswer(undefined);
    void send.run(chosen, { dryRun: true });
  };
  const again = () => {
    setFile(undefined);
    setAnswer(undefined);
    send.forget();
  };
  return (
    <Page
      wide
      title={t`Accounts from a file`}
      lead={t`A table with a row for each person. You see first what becomes of every row; then all accounts are made together, or none.`}
      actions={<Link href="/accounts">{t`All accounts`}</Link>}
    >
      {answer?.state !== 'made' && <Columns onFiles={choose} />}
      {file && !send.busy && answer?.state !== 'made' && (
        <p>
          <bdi class="strong">{file.name}</bdi>
        </p>
      )}
      {send.busy && <Progress label={answer ? t`Making the accounts` : t`Reading the file`} share={sent} />}
      {send.problem && <ProblemNotice problem={send.problem} />}
      {!send.busy && answer && file && (
        <Outcome answer={answer} onMake={(newCodes) => void send.run(file, { dryRun: false, newCodes })} onAgain={again} />
      )}
    </Page>
  );
}

function Columns({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  return (
    <section class="stack not-in-print" aria-labelledby="columns-title">
      <h2 id="columns-title">{t`The file`}</h2>
      <p>{t`The first row names the columns. Needed: display_name and role. As the role asks for it: place_code or organisation. If you like: user_name, otherwise one is made from the name; language, such as th.`}</p>
      <FileField
        label={t`CSV or XLSX, up to 5,000 rows`}
        button={t`Choose the file`}
        accept=".csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        onFiles={onFiles}
      />
    </section>
  );
}

interface OutcomeProps {
  readonly answer: UserImport;
  readonly onMake: (newCodes: boolean) => void;
  readonly onAgain: () => void;
}

function Outcome({ answer, onMake, onAgain }: OutcomeProps) {
  const { rows, slips, slipsCsv } = answer;
  const [wanted, refused] = [
    rows.filter(({ verdict }) => verdict === 'make').length,
    rows.filter(({ verdict }) => verdict === 'refused').length,
  ];
  if (answer.state === 'made') return <SlipSheet slips={slips} again={slips.length - wanted} csv={slipsCsv ?? ''} onDone={onAgain} />;
  return (
    <section class="stack" aria-labelledby="verdicts-title">
      <h2 id="verdicts-title">{t`What becomes of each row`}</h2>
      {refused > 0 && (
        <Notice kind="danger" live title={plural(refused, { one: '# row cannot be taken', other: '# rows cannot be taken' })}>
          {t`Nothing is made until every row can be taken. Correct the file and choose it again.`}
        </Notice>
      )}
      {refused === 0 && wanted === 0 && (
        <Notice kind="good" live title={t`Everybody in this file is there already`}>
          {t`Nothing new is made.`}
        </Notice>
      )}
      {refused === 0 && wanted > 0 && (
        <Notice kind="info" live title={plural(wanted, { one: '# account will be made', other: '# accounts will be made' })}>
          {t`So far nothing has changed.`}
        </Notice>
      )}
      {answer.notes.map((note) => (
        <p key={note} class="soft">
          {inReadersWords(note)}
        </p>
      ))}
      {refused === 0 && wanted > 0 && (
        <div class="row">
          <Button kind="primary" onClick={() => onMake(false)}>
            {plural(wanted, { one: 'Make # account', other: 'Make # accounts' })}
          </Button>
        </div>
      )}
      {refused === 0 && answer.waiting > 0 && <LostCodes waiting={answer.waiting} onMake={() => onMake(true)} />}
      <VerdictTable rows={rows} />
    </section>
  );
}

/** The codes are told once: whoever lost them with the answer, or with the printer, makes new ones here. */
function LostCodes({ waiting, onMake }: { readonly waiting: number; readonly onMake: () => void }) {
  return (
    <Notice
      kind="info"
      title={plural(waiting, { one: '# person of this file has not come in yet', other: '# people of this file have not come in yet' })}
    >
      <div class="stack-tight">
        <p>{t`If their codes were lost before you had them, make new ones. Codes that you handed out to them stop working then.`}</p>
        <div class="row">
          <Button onClick={onMake}>{plural(waiting, { one: 'Make # new code', other: 'Make # new codes' })}</Button>
        </div>
      </div>
    </Notice>
  );
}
