// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a column of a list of people can hold. */
export const columnRoles = [
  'id',
  'household',
  'place',
  'name',
  'given',
  'family',
  'sex',
  'born',
  'birthYear',
  'age',
  'phone',
  'document',
  'observed',
  'agreed',
] as const;
export type ColumnRole = (typeof columnRoles)[number];

/** Words that heads of columns are made of in English, Thai, Khmer, Lao, Burmese, Vietnamese, Nepali and Bengali; the first role that fits wins. */
const heads: readonly (readonly [ColumnRole, RegExp])[] = [
  ['given', /given.?name|first.?name|forename|^ชื่อต้น|^ชื่อ$|នាមខ្លួន|^tên$|পদবি ছাড়া/iu],
  ['family', /family.?name|last.?name|surname|นามสกุล|នាមត្រកូល|ນາມສະກຸນ|^họ$|थर|পদবি/iu],
  ['phone', /phone|mobile|^tel|โทร|มือถือ|ទូរស័ព្ទ|ໂທລະສັບ|ဖုန်း|điện thoại|फोन|मोबाइल|ফোন|মোবাইল/iu],
  [
    'document',
    /national.?id|citizen|passport|id.?card|identity.?(no|number)|บัตรประชาชน|អត្តសញ្ញាណ|ບັດປະຈຳ|မှတ်ပုံတင်|cccd|cmnd|नागरिकता|জাতীয় পরিচয়/iu,
  ],
  ['birthYear', /(birth.?year|year.?of.?birth|^yob$|ปีเกิด|ឆ្នាំកំណើត|ປີເກີດ|năm sinh|जन्म वर्ष|জন্ম সাল)/iu],
  ['born', /birth|^dob$|born|วันเกิด|ថ្ងៃកំណើត|ວັນເກີດ|မွေး|ngày sinh|जन्म|জন্ম/iu],
  ['age', /^age\b|อายุ|អាយុ|ອາຍຸ|အသက်|tuổi|उमेर|বয়স/iu],
  ['sex', /^sex$|gender|เพศ|ភេទ|ເພດ|လိင်|giới tính|लिङ्ग|लिंग|লিঙ্গ/iu],
  ['household', /household|hh.?(id|no)|family.?(id|no)|house.?(no|id)|ครัวเรือน|บ้านเลขที่|គ្រួសារ|ຄົວເຮືອນ|အိမ်ထောင်စု|hộ|घरधुरी|পরিবার/iu],
  ['place', /village|commune|ward|tambon|p.?code|adm\d|หมู่บ้าน|ตำบล|ភូមិ|ឃុំ|ບ້ານ|ရွာ|thôn|xã|गाउँ|वडा|গ্রাম|ইউনিয়ন/iu],
  ['agreed', /consent|agree|ยินยอม|យល់ព្រម|ຍິນຍອມ|သဘောတူ|đồng ý|सहमति|সম্মতি/iu],
  ['observed', /interview.?date|date.?of.?(visit|interview)|^date$|timestamp|visited|asked|วันที่|កាលបរិច្ឆេទ|ວັນທີ|ရက်စွဲ|^ngày$|मिति|তারিখ/iu],
  ['name', /name|ชื่อ|ឈ្មោះ|ຊື່|အမည်|họ và tên|họ tên|नाम|নাম/iu],
  ['id', /^(id|no|nr|number|code|person.?(id|no|code)?|respondent.*|record.*id|uuid|ลำดับ|รหัส|លេខ|ລຳດັບ|số|क्रम.*|ক্রম.*)$/iu],
];

const females = /^(f|female|woman|girl|หญิง|ญ|ស្រី|ຍິງ|မ|အမျိုးသမီး|nữ|महिला|স্ত্রী|মহিলা|নারী|2)$/iu;
const males = /^(m|male|man|boy|ชาย|ช|ប្រុស|ຊາຍ|ကျား|အမျိုးသား|nam|पुरुष|পুরুষ|1)$/iu;

/** Which sex a word says; undefined where it says none. */
export function sexOf(value: string): 'female' | 'male' | undefined {
  const text = value.trim();
  if (females.test(text)) return 'female';
  return males.test(text) ? 'male' : undefined;
}

export interface Column {
  readonly name: string;
  /** Filled cells of the first rows. */
  readonly values: readonly string[];
}

const all = (values: readonly string[], fits: (value: string) => boolean): boolean => values.length > 0 && values.every(fits);
const isDay = (value: string): boolean => /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( |T|$)/u.test(value.trim());

function byValues({ values }: Column): ColumnRole | undefined {
  if (all(values, (value) => sexOf(value) !== undefined && !/^\d$/.test(value.trim()))) return 'sex';
  if (all(values, (value) => /^(19[2-9]\d|20[0-2]\d|24[6-9]\d|25[0-6]\d)$/.test(value.trim()))) return 'birthYear';
  if (all(values, (value) => /^\+?0?[\d\s-]{8,14}$/.test(value.trim()) && value.replace(/\D/g, '').length >= 9 && !isDay(value)))
    return 'phone';
  return undefined;
}

/** A guess for each role: the column whose head says so, else the one whose values do. Shown chosen, and can be changed. */
export function guessColumns(columns: readonly Column[]): ReadonlyMap<ColumnRole, string> {
  const found = new Map<ColumnRole, string>();
  const left: Column[] = [];
  for (const column of columns) {
    const role = heads.find(([, pattern]) => pattern.test(column.name.trim()))?.[0];
    if (role && !found.has(role)) found.set(role, column.name);
    else if (!role) left.push(column);
  }
  for (const column of left) {
    const role = byValues(column);
    if (role && !found.has(role)) found.set(role, column.name);
  }
  return found;
}

/** Whether days of this column are of the Buddhist era: some year is one that only that calendar has had. */
export const looksBuddhist = (values: readonly string[]): boolean =>
  values.some((value) => /(?:^|\D)(24[6-9]\d|25[0-9]\d)(?:\D|$)/.test(value));

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word.length > 3);

/** The column that is probably about an indicator: called like its code, or sharing most words with its title. */
export function guessIndicator(code: string, titles: readonly string[], columns: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, '');
  const exact = columns.find((column) => plain(column) === plain(code) || titles.some((title) => plain(title) === plain(column)));
  if (exact !== undefined) return exact;
  const wanted = new Set([code.replaceAll('_', ' '), ...titles].flatMap(wordsOf));
  const score = (column: string): number => wordsOf(column).filter((word) => wanted.has(word)).length;
  const [best] = [...columns].sort((a, b) => score(b) - score(a));
  return best !== undefined && score(best) >= 2 ? best : undefined;
}
