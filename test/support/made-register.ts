// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LinkageFacts } from '../../src/people/domain/linkage.ts';
import variants from '../../src/people/domain/name-variants.json' with { type: 'json' };

/** Somebody of the made register; the two records of somebody written down twice have one `who`. */
export interface MadePerson extends LinkageFacts {
  readonly who: number;
}

type Chance = () => number;

/** Mulberry32: the same seed makes the same register. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(chance: Chance, items: readonly T[]): T => items[Math.floor(chance() * items.length)]!;
/** The first items are common, the last rare, as with names. */
const pickCommon = <T>(chance: Chance, items: readonly T[]): T => items[Math.floor(chance() ** 1.6 * items.length)]!;
const between = (chance: Chance, from: number, to: number): number => from + Math.floor(chance() * (to - from + 1));
const two = (number: number): string => String(number).padStart(2, '0');

const languages = Object.values(variants).filter((part) => typeof part !== 'string');
const familyFirst = new Set<unknown>([variants.Khmer, variants.Vietnamese]);
const syllables = 'ka ra sa na tha mo chi pha wat sing bun lek dao rin suk kham sri noi war tong pan mek fai lom'.split(' ');

/** All the ways in which one name is written; the first is how it was written first. */
type Forms = readonly string[];

interface NameOf {
  readonly language: (typeof languages)[number];
  readonly given: Forms;
  readonly family: Forms;
}

function familyForms(chance: Chance, language: NameOf['language']): Forms {
  if (chance() < 0.5) return pickCommon(chance, language.family).split('|');
  // Most families of a province are rare: made of syllables, nobody's.
  const made = Array.from({ length: between(chance, 3, 4) }, () => pick(chance, syllables)).join('');
  return [made[0]!.toUpperCase() + made.slice(1)];
}

function written(name: NameOf, form: (forms: Forms) => string, swapped: boolean): string {
  const [given, family] = [form(name.given), form(name.family)];
  return familyFirst.has(name.language) === swapped ? `${given} ${family}` : `${family} ${given}`;
}

function mistyped(chance: Chance, name: string): string {
  const letters = [...name];
  const at = between(chance, 1, letters.length - 2);
  const kind = chance();
  if (kind < 0.4) letters.splice(at, 1);
  else if (kind < 0.7) letters.splice(at, 0, letters[at]!);
  else [letters[at], letters[at + 1]] = [letters[at + 1]!, letters[at]!];
  return letters.join('');
}

/** How a second clerk wrote the name. */
function writtenAgain(chance: Chance, name: NameOf): string {
  const other = chance() < 0.6;
  const again = written(name, (forms) => (other ? pick(chance, forms) : forms[0]!), chance() < 0.1);
  return chance() < 0.15 ? mistyped(chance, again) : again;
}

function birthAgain(chance: Chance, bornOn: string): string | null {
  const [year, month, day] = bornOn.split('-').map(Number) as [number, number, number];
  const kind = chance();
  if (kind < 0.6) return bornOn;
  if (kind < 0.72) return `${year}-01-01`;
  if (kind < 0.77) return day <= 12 ? `${year}-${two(day)}-${two(month)}` : bornOn;
  if (kind < 0.82) return `${year + 543}-${two(month)}-${two(day)}`;
  if (kind < 0.9) return `${year + (chance() < 0.5 ? 1 : -1)}-${two(month)}-${two(day)}`;
  return null;
}

function placesOf(village: number): string[] {
  return ['country', 'province', `district ${Math.floor(village / 30)}`, `sub-district ${Math.floor(village / 6)}`, `village ${village}`];
}

interface Member {
  readonly person: MadePerson;
  readonly name: NameOf;
  readonly village: number;
}

const phoneNumber = (chance: Chance): string => `+6681${between(chance, 1_000_000, 9_999_999)}`;
const documentNumber = (chance: Chance): string => String(between(chance, 1_000_000_000_000, 8_999_999_999_999));

function household(chance: Chance, id: number, first: number, villages: number): Member[] {
  const village = between(chance, 0, villages - 1);
  // A village speaks one language, or two.
  const language = languages[(Math.floor(village / 6) + (chance() < 0.85 ? 0 : 1)) % languages.length]!;
  const family = familyForms(chance, language);
  const common = chance() < 0.3 ? phoneNumber(chance) : null;
  const names = Array.from({ length: between(chance, 1, 6) }, (): NameOf => ({
    language,
    given: pickCommon(chance, language.given).split('|'),
    family: chance() < 0.85 ? family : familyForms(chance, language),
  }));
  const full = names.map((name) => written(name, (forms) => forms[0]!, false));
  return names.map((name, at) => {
    const known = chance();
    const year = between(chance, 1950, 2020);
    const bornOn =
      known < 0.8 ? `${year}-${two(between(chance, 1, 12))}-${two(between(chance, 1, 28))}` : known < 0.95 ? `${year}-01-01` : null;
    const phone = common ?? (chance() < 0.45 ? phoneNumber(chance) : null);
    const person: MadePerson = {
      who: first + at,
      names: [full[at]!],
      sex: chance() < 0.5 ? 1 : 2,
      bornOn,
      phones: phone === null ? [] : [phone],
      documents: chance() < 0.4 ? [documentNumber(chance)] : [],
      places: placesOf(village),
      householdId: `household ${id}`,
      household: full.filter((_, other) => other !== at),
    };
    return { person, name, village };
  });
}

function villageAgain(chance: Chance, village: number, villages: number): number {
  const kind = chance();
  if (kind < 0.75) return village;
  if (kind < 0.83) return Math.min(villages - 1, Math.floor(village / 6) * 6 + between(chance, 0, 5));
  if (kind < 0.9) return Math.min(villages - 1, Math.floor(village / 30) * 30 + between(chance, 0, 29));
  return between(chance, 0, villages - 1);
}

/** The same person, written down a second time by somebody else. */
function again(chance: Chance, { person, name, village }: Member, others: readonly Member[], villages: number, id: number): MadePerson {
  const sameHousehold = chance() < 0.5;
  const left = others.filter((other) => other.person.householdId === person.householdId && other.person !== person);
  const phone = chance();
  const document = chance();
  return {
    who: person.who,
    names: [writtenAgain(chance, name)],
    sex: chance() < 0.03 ? 0 : chance() < 0.01 ? (person.sex === 1 ? 2 : 1) : person.sex,
    bornOn: person.bornOn === null ? null : birthAgain(chance, person.bornOn),
    phones: phone < 0.6 ? person.phones : phone < 0.8 ? [phoneNumber(chance)] : [],
    documents: document < 0.6 ? person.documents : document < 0.65 ? person.documents.map((number) => mistyped(chance, number)) : [],
    places: placesOf(villageAgain(chance, village, villages)),
    householdId: `household again ${id}`,
    household: sameHousehold ? left.filter(() => chance() < 0.8).map((other) => writtenAgain(chance, other.name)) : [],
  };
}

/** A register of `size` made people in households and villages of eight languages, `twice` of them written down twice. */
export function madeRegister({ size, twice, seed = 1 }: { size: number; twice: number; seed?: number }): MadePerson[] {
  const chance = chanceFrom(seed);
  const villages = Math.max(12, Math.round(size / 80));
  const members: Member[] = [];
  for (let id = 0; members.length < size; id++) members.push(...household(chance, id, members.length, villages));
  members.length = size;
  const byHousehold = new Map<string | null, Member[]>();
  for (const member of members) {
    const others = byHousehold.get(member.person.householdId);
    if (others) others.push(member);
    else byHousehold.set(member.person.householdId, [member]);
  }
  const chosen = new Set<number>();
  while (chosen.size < twice) chosen.add(between(chance, 0, size - 1));
  const second = [...chosen].map((at, id) => {
    const member = members[at]!;
    return again(chance, member, byHousehold.get(member.person.householdId)!, villages, id);
  });
  return [...members.map((member) => member.person), ...second];
}
