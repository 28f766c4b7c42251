// SPDX-License-Identifier: AGPL-3.0-or-later
// Invented names in two scripts. Nothing here is meant to be, or to be near, a real place.

type Name = readonly [latin: string, thai: string];

export const countryName: Name = ['Demo country (fictional)', 'ประเทศสมมติ (ตัวอย่าง)'];
export const provinceName: Name = ['Thung Saeng Rawi (fictional)', 'ทุ่งแสงรวี (จังหวัดสมมติ)'];

export const districtNames: readonly Name[] = [
  ['Mueang Saeng Rawi', 'เมืองแสงรวี'],
  ['Lom Huan', 'ลมหวน'],
  ['Dao Ruai', 'ดาวรวย'],
  ['Fa Klang Fan', 'ฟ้ากลางฝัน'],
  ['Rung Thong Lila', 'รุ้งทองลีลา'],
  ['Mekha Lai', 'เมฆาไล'],
  ['Nam Khang Sai', 'น้ำค้างใส'],
  ['Hing Hoi Chai', 'หิ่งห้อยฉาย'],
  ['Bai Phai Rueng', 'ใบไผ่เรือง'],
];

const lands: readonly Name[] = [
  ['Thung', 'ทุ่ง'],
  ['Nong', 'หนอง'],
  ['Huai', 'ห้วย'],
  ['Don', 'ดอน'],
  ['Khok', 'โคก'],
  ['Na', 'นา'],
  ['Tha', 'ท่า'],
  ['Wang', 'วัง'],
];
const dreams: readonly Name[] = [
  ['Rawi Noi', 'รวีน้อย'],
  ['Lila', 'ลีลา'],
  ['Chan Chai', 'จันทร์ฉาย'],
  ['Dao Kla', 'ดาวกล้า'],
  ['Mek Huan', 'เมฆหวน'],
  ['Rung Ruai', 'รุ้งรวย'],
  ['Hing Hoi', 'หิ่งห้อย'],
  ['Nam Khang', 'น้ำค้าง'],
  ['Phai Fan', 'ไผ่ฝัน'],
  ['Lom Sai', 'ลมใส'],
  ['Fan Di', 'ฝันดี'],
  ['Pik Saeng', 'ปีกแสง'],
  ['Duean Rueng', 'เดือนเรือง'],
  ['Thian Thong', 'เทียนทอง'],
  ['Kha Fa', 'ขาฟ้า'],
  ['Som Wang', 'สมหวัง'],
];

/** `count` different village names (128 at most). */
export function villageNames(count: number): Name[] {
  const all = dreams.flatMap((d, i) =>
    lands.map((_, j) => {
      const land = lands[(i + j) % lands.length]!;
      return [`Ban ${land[0]} ${d[0]}`, `บ้าน${land[1]}${d[1]}`] as const;
    }),
  );
  if (count > all.length) throw new RangeError(`only ${all.length} village names`);
  return all.slice(0, count);
}
