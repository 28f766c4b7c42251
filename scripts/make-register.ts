// SPDX-License-Identifier: AGPL-3.0-or-later
// node scripts/make-register.ts [people] [folder]: a register of people of a country that does not exist, for proofs and measurements: seeded, so the same
// each time. Writes provinces.csv, districts.csv, villages.csv, register.csv and the mappings to import them with.
import { createWriteStream, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seededRandom, type Random } from '../demo/random.ts';
import { household28 } from '../src/risk/domain/instruments/household-28.ts';
import { madeFamily, madeName, nameLanguages } from './made-names.ts';

export interface MadeRegister {
  readonly folder: string;
  readonly register: string;
  readonly mapping: string;
  readonly placesMapping: string;
  readonly basis: string;
  /** The name of somebody of each language, to look for. */
  readonly samples: Readonly<Record<string, string>>;
}

export interface RegisterOptions {
  readonly people: number;
  readonly folder: string;
  readonly seed?: number;
  /** False: a register without names, telephone numbers and documents. */
  readonly named?: boolean;
  /** Villages of each of the 80 districts. */
  readonly villages?: number;
}

const country = 'XR',
  provinces = 16,
  districtsEach = 5;
const basis = 'Village register of the made land';

/** Of the 28, those that are asked of a person or a household; the other four are asked of places. */
const asked = household28.indicators.filter(({ unit }) => unit !== 'place').map(({ code, unit }) => ({ code, unit }));

export async function makeRegister({ people, folder, seed = 7, named = true, villages = 25 }: RegisterOptions): Promise<MadeRegister> {
  mkdirSync(folder, { recursive: true });
  writePlaces(folder, villages);
  const samples: Record<string, string> = {};
  const register = join(folder, 'register.csv');
  await pipeline(Readable.from(lines(people, seededRandom(seed), { named, villages }, samples)), createWriteStream(register));
  writeFileSync(join(folder, 'register.yaml'), mappingOf(named));
  return { folder, register, mapping: mappingOf(named), placesMapping: join(folder, 'places.yaml'), basis, samples };
}

const code = (...parts: readonly number[]): string => `${country}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;

function writePlaces(folder: string, villages: number): void {
  const rows: string[][] = [['code,name'], ['code,name,parent'], ['code,name,parent']];
  for (let p = 1; p <= provinces; p++) {
    rows[0]!.push(`${code(p)},Province ${p}`);
    for (let d = 1; d <= districtsEach; d++) {
      rows[1]!.push(`${code(p, d)},District ${p}.${d},${code(p)}`);
      for (let v = 1; v <= villages; v++) rows[2]!.push(`${code(p, d, v)},Village ${p}.${d}.${v},${code(p, d)}`);
    }
  }
  ['provinces', 'districts', 'villages'].forEach((name, i) => writeFileSync(join(folder, `${name}.csv`), `${rows[i]!.join('\n')}\n`));
  const step = (level: number, file: string, parent: string): string =>
    `  - { level: ${level}, file: ${file}.csv, code: code, names: { en: name }${parent} }\n`;
  const parent = ', parent: { column: parent }';
  writeFileSync(
    join(folder, 'places.yaml'),
    `country: ${country}\nnames: { en: Made land }\nlevels: [{ en: Country }, { en: Province }, { en: District }, { en: Village }]\nsource: made up\nsteps:\n${step(1, 'provinces', '')}${step(2, 'districts', parent)}${step(3, 'villages', parent)}`,
  );
}

function mappingOf(named: boolean): string {
  const indicators = asked.map(({ code: name }) => `  ${name}: { column: ${name} }`).join('\n');
  return `kind: people
country: ${country}
source: Village register of the made land
basis: ${basis}
place: { columns: [village] }
household: { column: household }
id: { column: person }
sex: { column: sex, map: { f: female, m: male } }
born: { date: { column: born } }
${
  named
    ? `names: [{ full: name, given: given_name, family: family_name }]
phones: [phone]
documents: [{ kind: national-id, number: card }]
`
    : ''
}instrument: household-28
observed: { column: asked_on }
indicators:
${indicators}
`;
}

interface Shape {
  readonly named: boolean;
  readonly villages: number;
}

/** Household by household: four people on average, of one village and one family name. */
function* lines(people: number, random: Random, { named, villages }: Shape, samples: Record<string, string>): Generator<string> {
  const who = named ? 'name,given_name,family_name,phone,card,' : '';
  yield `person,household,village,${who}sex,born,asked_on,${asked.map((one) => one.code).join(',')}\n`;
  let text = '',
    n = 0;
  for (let household = 1; n < people; household++) {
    const { language, village } = somewhere(random, villages);
    const family = madeFamily(language, random),
      day = `2026-${two(5 + (household % 6))}-${two(1 + (household % 28))}`;
    const ofHome = asked.map(({ unit }) => (unit === 'household' ? answer(random) : ''));
    for (let members = random.between(1, 7); members > 0 && n < people; members--, n++) {
      const name = madeName(language, random, family);
      if (language !== 'en' && [...name.given].length > 3) samples[language] ??= name.full;
      const is = named ? `${name.full},${name.given},${name.family},08${String(n).padStart(8, '0')},X${String(n).padStart(9, '0')},` : '';
      const born = `${1940 + Math.floor(random.next() * 85)}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`;
      const said = ofHome.map((ofAll) => ofAll || answer(random)).join(',');
      text += `p${n},h${household},${village},${is}${random.next() < 0.5 ? 'f' : 'm'},${born},${day},${said}\n`;
    }
    if (text.length < 1 << 20) continue;
    yield text;
    text = '';
  }
  yield text;
}

const two = (n: number): string => String(n).padStart(2, '0');

function somewhere(random: Random, villages: number): { language: (typeof nameLanguages)[number]; village: string } {
  const province = random.between(1, provinces);
  return {
    language: nameLanguages[(province - 1) % nameLanguages.length]!,
    village: code(province, random.between(1, districtsEach), random.between(1, villages)),
  };
}

const answer = (random: Random): string => {
  const drawn = random.next();
  return drawn < 0.5 ? '1' : drawn < 0.75 ? '2' : drawn < 0.92 ? '3' : 'unknown';
};

if (import.meta.main) {
  const people = Number(process.argv[2] ?? 200_000);
  const made = await makeRegister({ people, folder: process.argv[3] ?? mkdtempSync(join(tmpdir(), 'waymark-register-')) });
  console.log(`${people.toLocaleString('en')} people in ${made.folder}`);
}
