// SPDX-License-Identifier: AGPL-3.0-or-later
import { ageGroups } from '../../people/domain/age-group.ts';
import type { Restriction } from '../../people/domain/restriction.ts';

/** What a file of people or of their figures says in words, by language; beside `export-words.ts`, which has the rest. */
export interface ListWords {
  readonly headings: Readonly<
    Record<
      | 'person'
      | 'household'
      | 'placeCode'
      | 'place'
      | 'sex'
      | 'age'
      | 'renewBy'
      | 'openIndex'
      | 'seen'
      | 'group'
      | 'missing'
      | 'shareLow'
      | 'shareHigh'
      | 'change'
      | 'rank'
      | 'neighbours'
      | 'warns'
      | 'noVisit'
      | 'livingThere'
      | 'atHighRisk'
      | 'reasonsToday',
      string
    >
  >;
  /** As the screens say it (`noVisitWords` in web/words.ts). */
  readonly noVisit: Readonly<Record<NonNullable<Restriction>, string>>;
  readonly sexes: readonly [string, string, string];
  readonly ageUnknown: string;
  readonly everybody: string;
  readonly allAges: string;
  readonly by: Readonly<Record<'age' | 'sex' | 'place', string>>;
  ageFrom(from: number): string;
  ageBetween(from: number, to: number): string;
}

const en: ListWords = {
  headings: {
    person: 'Record',
    household: 'Household',
    placeCode: 'Place code',
    place: 'Place',
    sex: 'Sex',
    age: 'Age',
    renewBy: 'Renew by',
    openIndex: 'Index without private answers',
    seen: 'Newest answer',
    group: 'Group',
    missing: 'Per cent not known',
    shareLow: 'Share at least',
    shareHigh: 'Share at most',
    change: 'Change in 6 months, points',
    rank: 'Rank',
    neighbours: 'Neighbours, points',
    warns: 'Warns now',
    noVisit: 'Not to be visited',
    livingThere: 'People living there',
    atHighRisk: 'At high risk',
    reasonsToday: 'Main reasons of everybody, as last known',
  },
  noVisit: { objection: 'No visit: the person objected', withdrawal: 'No visit: consent was taken back' },
  sexes: ['not known', 'male', 'female'],
  ageUnknown: 'age not known',
  everybody: 'everybody',
  allAges: 'all ages',
  by: { age: 'by age', sex: 'by sex', place: 'by place' },
  ageFrom: (from) => `${from} and over`,
  ageBetween: (from, to) => `${from} to ${to}`,
};

const th: ListWords = {
  headings: {
    person: 'ระเบียน',
    household: 'ครัวเรือน',
    placeCode: 'รหัสสถานที่',
    place: 'สถานที่',
    sex: 'เพศ',
    age: 'อายุ',
    renewBy: 'ต้องถามใหม่ภายใน',
    openIndex: 'ดัชนีโดยไม่รวมคำตอบส่วนตัว',
    seen: 'คำตอบล่าสุด',
    group: 'กลุ่ม',
    missing: 'ร้อยละที่ไม่ทราบ',
    shareLow: 'สัดส่วนอย่างน้อย',
    shareHigh: 'สัดส่วนไม่เกิน',
    change: 'เปลี่ยนแปลงใน 6 เดือน (จุด)',
    rank: 'ลำดับ',
    neighbours: 'พื้นที่ข้างเคียง (จุด)',
    warns: 'เตือนอยู่ขณะนี้',
    noVisit: 'ไม่ต้องไปเยี่ยม',
    livingThere: 'คนที่อาศัยอยู่',
    atHighRisk: 'เสี่ยงสูง',
    reasonsToday: 'เหตุผลหลักของทุกคน ตามที่ทราบล่าสุด',
  },
  noVisit: { objection: 'ไม่ไปเยี่ยม: เจ้าตัวคัดค้าน', withdrawal: 'ไม่ไปเยี่ยม: ถอนความยินยอมแล้ว' },
  sexes: ['ไม่ทราบ', 'ชาย', 'หญิง'],
  ageUnknown: 'ไม่ทราบอายุ',
  everybody: 'ทุกคน',
  allAges: 'ทุกอายุ',
  by: { age: 'ตามอายุ', sex: 'ตามเพศ', place: 'ตามพื้นที่' },
  ageFrom: (from) => `${from} ปีขึ้นไป`,
  ageBetween: (from, to) => `${from} ถึง ${to} ปี`,
};

const km: ListWords = {
  headings: {
    person: 'កំណត់ត្រា',
    household: 'គ្រួសារ',
    placeCode: 'លេខកូដទីកន្លែង',
    place: 'ទីកន្លែង',
    sex: 'ភេទ',
    age: 'អាយុ',
    renewBy: 'ត្រូវសួរថ្មីត្រឹម',
    openIndex: 'សន្ទស្សន៍មិនរាប់ចម្លើយឯកជន',
    seen: 'ចម្លើយថ្មីបំផុត',
    group: 'ក្រុម',
    missing: 'ភាគរយមិនដឹង',
    shareLow: 'ចំណែកយ៉ាងតិច',
    shareHigh: 'ចំណែកយ៉ាងច្រើន',
    change: 'ការប្រែប្រួលក្នុង 6 ខែ (ពិន្ទុ)',
    rank: 'លំដាប់',
    neighbours: 'ទីកន្លែងជិតខាង (ពិន្ទុ)',
    warns: 'កំពុងព្រមាន',
    noVisit: 'មិនត្រូវទៅសួរសុខទុក្ខ',
    livingThere: 'មនុស្សរស់នៅទីនោះ',
    atHighRisk: 'ហានិភ័យខ្ពស់',
    reasonsToday: 'មូលហេតុចម្បងរបស់មនុស្សទាំងអស់ តាមដែលដឹងចុងក្រោយ',
  },
  noVisit: { objection: 'មិនទៅសួរសុខទុក្ខ៖ សាមីខ្លួនបានជំទាស់', withdrawal: 'មិនទៅសួរសុខទុក្ខ៖ បានដកការយល់ព្រមវិញ' },
  sexes: ['មិនដឹង', 'ប្រុស', 'ស្រី'],
  ageUnknown: 'មិនដឹងអាយុ',
  everybody: 'មនុស្សទាំងអស់',
  allAges: 'គ្រប់អាយុ',
  by: { age: 'តាមអាយុ', sex: 'តាមភេទ', place: 'តាមទីកន្លែង' },
  ageFrom: (from) => `${from} ឆ្នាំឡើងទៅ`,
  ageBetween: (from, to) => `${from} ដល់ ${to} ឆ្នាំ`,
};

const languages: Readonly<Record<string, ListWords>> = { en, th, km };

/** By the language's first part; English where there are no words. */
export const listWords = (locale: string): ListWords => languages[locale.split('-')[0] ?? ''] ?? en;

export function ageGroupWords(words: ListWords, group: number): string {
  const ages = ageGroups.find((each) => each.group === group);
  if (!ages || ages.from === null) return words.ageUnknown;
  return ages.to === null ? words.ageFrom(ages.from) : words.ageBetween(ages.from, ages.to);
}
