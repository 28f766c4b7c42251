// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql, type Kysely } from 'kysely';
import type { Identity } from '../src/people/domain/identity.ts';
import { putIdentities, type IdentityToPut, type Vault } from '../src/people/server/index.ts';
import type { Actor } from '../src/platform/domain/actor.ts';
import { withActor } from '../src/platform/server/db.ts';
import { demoSeed } from './make.ts';
import { seededRandom, type Random } from './random.ts';

interface Script {
  readonly language: string;
  readonly female: readonly string[];
  readonly male: readonly string[];
  /** Beginnings and ends of family names that nobody bears. */
  readonly family: readonly [readonly string[], readonly string[]];
  readonly familyFirst: boolean;
}

const list = (text: string): string[] => text.split(' ');

/** Given names as they are common; family names put together from parts, so that nobody is meant. Most people of the province write Thai. */
const thai: Script = {
  language: 'th',
  female: list('มาลี สุดา อรทัย พิมพ์ใจ ดวงใจ บุญมี สายฝน จันทร์เพ็ญ แก้วตา วันดี ละออง น้ำฝน ปราณี ศรีนวล คำแพง เดือนเพ็ญ'),
  male: list('สมชาย บุญมา ประเสริฐ วิชัย สมศักดิ์ คำดี ทองคำ สุริยา เดชา มานพ ประยูร อุดม จำรัส ก้องเกียรติ แสวง ชัยวัฒน์'),
  family: [list('รวี แสงฝัน ลมหวน ดาวรุ้ง เมฆา น้ำค้าง หิ่งห้อย ไผ่ทอง ปีกฟ้า เทียนสาย'), list('ทุ่งไกล เรืองริน พรายลม วังหวน ฉายดาว ลีลาทอง กล้าฝัน ใสเย็น')],
  familyFirst: false,
};
const khmer: Script = {
  language: 'km',
  female: list('សុភា ចន្ថា ស្រីមុំ បុប្ផា ដាវី រស្មី'),
  male: list('សុខា វិសាល បូរី ចាន់ណា ភារុណ រិទ្ធី'),
  family: [list('ស្ទឹង ផ្កាយ មេឃ ខ្យល់'), list('រាត្រី សុវណ្ណ ថ្មី ភ្លឺ')],
  familyFirst: true,
};
const burmese: Script = {
  language: 'my',
  female: list('အေးအေး နှင်းဆီ ခင်မြ သီတာ'),
  male: list('အောင်ကို မင်းသူ ဇော်ဝင်း ထွန်းလင်း'),
  family: [list('ကြယ် လမင်း'), list('ဖြူ စိမ်း')],
  familyFirst: false,
};

interface Somebody {
  readonly regionId: number;
  readonly personId: string;
  readonly householdId: string;
  readonly sex: number;
  readonly age: number;
}

/** The first village of each district: names for everybody would make the first start half a minute longer (docs/decisions/0007). */
const villagesWithNames = '01';

/** Gives the people of one village a district an invented name, in the scripts of the field. */
export async function seedNames(owner: Kysely<unknown>, vault: Vault, actor: Actor): Promise<void> {
  const { rows } = await sql<Somebody>`
    select p.region_id as "regionId", p.person_id as "personId", p.household_id as "householdId", p.sex,
           date_part('year', age(p.born_on))::integer as age
    from waymark.person p join waymark.place l using (place_id)
    where l.level = 3 and right(l.code, 2) = ${villagesWithNames} order by l.code, p.household_id, p.person_id`.execute(owner);
  const random = seededRandom(demoSeed + 7);
  let household = '',
    script = thai,
    family = '';
  const named = rows.map((somebody): IdentityToPut => {
    if (somebody.householdId !== household) {
      household = somebody.householdId;
      script = oneScript(random);
      family = pick(script.family[0], random) + pick(script.family[1], random);
    }
    const { regionId, personId } = somebody;
    return { regionId, personId, basedOn: 0, identity: invented(somebody, script, family, random) };
  });
  await withActor(owner, actor, (tx) => putIdentities(tx, vault, named));
}

function oneScript(random: Random): Script {
  const chance = random.next();
  return chance < 0.88 ? thai : chance < 0.96 ? khmer : burmese;
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random.next() * from.length)]!;

function invented({ sex, age }: Somebody, script: Script, family: string, random: Random): Identity {
  const given = pick(sex === 2 ? script.female : script.male, random);
  const full = script.familyFirst ? `${family} ${given}` : `${given} ${family}`;
  // Numbers of a kind that is given to nobody.
  const phone = age >= 15 && random.next() < 0.6 ? [`099 000 ${String(random.between(0, 9999)).padStart(4, '0')}`] : [];
  return { names: [{ kind: 'official', full, language: script.language }], phones: phone, documents: [] };
}
