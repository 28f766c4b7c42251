// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FilePreview } from '../../domain/imports-api.ts';
import { guessColumns, guessIndicator, looksBuddhist, sexOf } from '../../domain/people-columns.ts';
import type { Tree } from './yaml.ts';

export type AnswerChoice = '1' | '2' | '3' | 'unknown' | 'refused' | 'not-applicable' | 'not-asked' | 'reject';

/** How one question is read from a column: which value of the file is which answer. */
export interface AnswerDraft {
  readonly column: string;
  readonly map: Readonly<Record<string, AnswerChoice>>;
  readonly otherwise: AnswerChoice;
}
export const noAnswer: AnswerDraft = { column: '', map: {}, otherwise: 'reject' };

/** What the page knows of a file of people, or of a later round. */
export interface PeopleDraft {
  readonly country: string;
  readonly source: string;
  readonly basis: string;
  readonly place: string;
  /** Everybody stands at one place: its code. */
  readonly placeForAll: string;
  readonly household: string;
  readonly id: string;
  readonly sex: string;
  readonly sexes: Readonly<Record<string, 'female' | 'male' | 'unknown'>>;
  readonly bornHow: 'none' | 'date' | 'year' | 'age';
  readonly born: string;
  readonly name: string;
  readonly given: string;
  readonly family: string;
  readonly phone: string;
  readonly document: string;
  readonly observed: string;
  readonly observedOn: string;
  readonly buddhist: boolean;
  readonly agreed: string;
  readonly agreedValue: string;
  readonly guardian: string;
  readonly instrument: string;
  readonly answers: Readonly<Record<string, AnswerDraft>>;
}

export const emptyPeople: PeopleDraft = {
  country: '',
  source: '',
  basis: '',
  place: '',
  placeForAll: '',
  household: '',
  id: '',
  sex: '',
  sexes: {},
  bornHow: 'none',
  born: '',
  name: '',
  given: '',
  family: '',
  phone: '',
  document: '',
  observed: '',
  observedOn: '',
  buddhist: false,
  agreed: '',
  agreedValue: '',
  guardian: '',
  instrument: 'household-28',
  answers: {},
};

/** Filled cells of a column in the first rows, each once. */
export function valuesOf(column: string, { columns, rows }: FilePreview): string[] {
  const at = columns.indexOf(column);
  return at < 0 ? [] : [...new Set(rows.flatMap(({ cells }) => (cells[at] ? [cells[at]] : [])))];
}

const some = (text: string): string | undefined => (text.trim() === '' ? undefined : text);
const quotedColumn = (column: string): string => `"${column.replaceAll('"', '""')}"`;
const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const answerTree = (choice: AnswerChoice): Tree => (/^\d$/.test(choice) ? Number(choice) : choice);

export const saysAnswer = ({ column }: AnswerDraft): boolean => column !== '';
export const answersOf = (draft: PeopleDraft): number => Object.values(draft.answers).filter(saysAnswer).length;

function indicatorsTree(draft: PeopleDraft): Tree {
  return Object.fromEntries(
    Object.entries(draft.answers)
      .filter(([, answer]) => saysAnswer(answer))
      .map(([code, { column, map, otherwise }]): [string, Tree] => {
        const chosen = Object.entries(map).filter(([, choice]) => choice !== 'reject');
        return [
          code,
          {
            column,
            map: chosen.length > 0 ? Object.fromEntries(chosen.map(([value, choice]) => [value, answerTree(choice)])) : undefined,
            otherwise: otherwise === 'reject' ? undefined : answerTree(otherwise),
          },
        ];
      }),
  );
}

function bornTree({ bornHow, born, buddhist }: PeopleDraft): Tree | undefined {
  if (born === '' || bornHow === 'none') return undefined;
  const era = buddhist ? 'buddhist' : undefined;
  if (bornHow === 'date') return { date: { column: born, era } };
  return bornHow === 'year' ? { year: { column: born }, era } : { age: { column: born } };
}

/** The mapping of a file of people (risk/domain/people-mapping.ts). */
export function peopleMapping(draft: PeopleDraft, kind: 'people' | 'observations'): Tree {
  const common = {
    source: draft.source.trim(),
    instrument: draft.instrument,
    observed: draft.observed ? { column: draft.observed, era: draft.buddhist ? 'buddhist' : undefined } : { date: draft.observedOn },
    indicators: indicatorsTree(draft),
  };
  if (kind === 'observations') return { kind, id: { column: draft.id }, ...common };
  const says = (column: string): string => `${quotedColumn(column)} = ${quotedText(draft.agreedValue)}`;
  const named = draft.name || draft.given || draft.family;
  return {
    kind,
    country: draft.country,
    basis: draft.basis,
    place: draft.place ? { columns: [draft.place] } : { none: true, at: draft.placeForAll.trim() },
    household: draft.household ? { column: draft.household } : undefined,
    id: draft.id ? { column: draft.id } : undefined,
    sex: draft.sex ? { column: draft.sex, map: draft.sexes, otherwise: 'unknown' } : undefined,
    born: bornTree(draft),
    names: named ? [{ full: some(draft.name), given: some(draft.given), family: some(draft.family) }] : undefined,
    phones: named && draft.phone ? [draft.phone] : undefined,
    documents: named && draft.document ? [{ kind: 'national-id', number: draft.document }] : undefined,
    consent: draft.agreed
      ? {
          given: says(draft.agreed),
          guardian: draft.guardian ? says(draft.guardian) : undefined,
          assent: says(draft.agreed),
          way: 'on_file',
        }
      : undefined,
    ...common,
  };
}

/** Which fields still stop the import. */
export function missingInPeople(draft: PeopleDraft, kind: 'people' | 'observations', asks: boolean): readonly (keyof PeopleDraft)[] {
  const missing: (keyof PeopleDraft)[] = [];
  if (!draft.source.trim()) missing.push('source');
  if (!draft.observed && !draft.observedOn) missing.push('observedOn');
  if (kind === 'observations') return draft.id ? missing : [...missing, 'id'];
  if (!draft.country) missing.push('country');
  if (!draft.basis) missing.push('basis');
  if (!draft.place && !draft.placeForAll.trim()) missing.push('place');
  if (asks && !(draft.agreed && draft.agreedValue)) missing.push('agreed');
  return missing;
}

/** What the heads and values of the file suggest; what was chosen before and still fits stays. */
export function suggestPeople(draft: PeopleDraft, preview: FilePreview): PeopleDraft {
  const found = guessColumns(preview.columns.map((name) => ({ name, values: valuesOf(name, preview) })));
  const pick = (chosen: string, guess: string | undefined): string => (preview.columns.includes(chosen) ? chosen : (guess ?? ''));
  const [bornHow, born] = found.has('born')
    ? (['date', found.get('born')!] as const)
    : found.has('birthYear')
      ? (['year', found.get('birthYear')!] as const)
      : found.has('age')
        ? (['age', found.get('age')!] as const)
        : (['none', ''] as const);
  const sex = pick(draft.sex, found.get('sex'));
  const observed = pick(draft.observed, found.get('observed')),
    agreed = pick(draft.agreed, found.get('agreed'));
  return {
    ...draft,
    place: pick(draft.place, found.get('place')),
    household: pick(draft.household, found.get('household')),
    id: pick(draft.id, found.get('id')),
    sex,
    sexes: Object.fromEntries(valuesOf(sex, preview).map((value) => [value, draft.sexes[value] ?? sexOf(value) ?? 'unknown'])),
    bornHow: draft.born && preview.columns.includes(draft.born) ? draft.bornHow : bornHow,
    born: pick(draft.born, born),
    name: pick(draft.name, found.get('name')),
    given: pick(draft.given, found.get('given')),
    family: pick(draft.family, found.get('family')),
    phone: pick(draft.phone, found.get('phone')),
    document: pick(draft.document, found.get('document')),
    observed,
    buddhist: looksBuddhist([...valuesOf(observed, preview), ...valuesOf(born, preview)]),
    agreed,
    agreedValue: draft.agreedValue || suggestYes(valuesOf(agreed, preview)),
  };
}

const yes = /^(yes|y|true|1|ใช่|มี|បាទ|ចាស|ແມ່ນ|có|हो|হ্যাঁ)$/iu;
export const suggestYes = (values: readonly string[]): string => values.find((value) => yes.test(value.trim())) ?? values[0] ?? '';

/** A start for one question: its column where one is called alike, and its values, of which 1, 2 and 3 say themselves. */
export function suggestAnswer(code: string, titles: readonly string[], preview: FilePreview): AnswerDraft {
  const column = guessIndicator(code, titles, preview.columns);
  return column === undefined ? noAnswer : withValues({ ...noAnswer, column }, preview);
}

export function withValues(answer: AnswerDraft, preview: FilePreview): AnswerDraft {
  const own: readonly string[] = ['1', '2', '3', 'unknown', 'refused', 'not-applicable', 'not-asked'];
  const map = valuesOf(answer.column, preview).map((value): [string, AnswerChoice] => [
    value,
    answer.map[value] ?? (own.includes(value.trim().toLowerCase()) ? (value.trim().toLowerCase() as AnswerChoice) : 'unknown'),
  ]);
  return { ...answer, map: Object.fromEntries(map) };
}
