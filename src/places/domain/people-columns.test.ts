// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { guessColumns, guessIndicator, looksBuddhist } from './people-columns.ts';

const columns = (...names: string[]) => names.map((name) => ({ name, values: [] }));

describe('What a column of a list of people holds', () => {
  it.each([
    [['ID', 'Household ID', 'Village', 'Full name', 'Sex', 'Date of birth', 'Phone']],
    [['ลำดับ', 'ครัวเรือน', 'หมู่บ้าน', 'ชื่อ-สกุล', 'เพศ', 'วันเกิด', 'โทรศัพท์']],
    [['លេខ', 'គ្រួសារ', 'ភូមិ', 'ឈ្មោះ', 'ភេទ', 'ថ្ងៃកំណើត', 'ទូរស័ព្ទ']],
    [['ລຳດັບ', 'ຄົວເຮືອນ', 'ບ້ານ', 'ຊື່', 'ເພດ', 'ວັນເກີດ', 'ໂທລະສັບ']],
    [['số', 'hộ gia đình', 'thôn', 'họ và tên', 'giới tính', 'ngày sinh', 'điện thoại']],
  ])('is told by the words of its head: %s', (heads) => {
    const found = guessColumns(columns(...heads));
    expect(['id', 'household', 'place', 'name', 'sex', 'born', 'phone'].map((role) => found.get(role as never))).toEqual(heads);
  });

  it('is told by its values where the head says nothing', () => {
    const found = guessColumns([
      { name: 'q1', values: ['ชาย', 'หญิง'] },
      { name: 'q2', values: ['2548', '2530'] },
      { name: 'q3', values: ['081 234 5678'] },
      { name: 'q4', values: ['yes'] },
    ]);
    expect(Object.fromEntries(found)).toEqual({ sex: 'q1', birthYear: 'q2', phone: 'q3' });
  });

  it('finds the calendar by years that only one has had', () => {
    expect([looksBuddhist(['12/3/2548']), looksBuddhist(['12/3/2005']), looksBuddhist([])]).toEqual([true, false, false]);
  });

  it('finds an indicator by its code or by the words of its title, and else nothing', () => {
    expect(guessIndicator('debt', ['Debt'], ['name', 'Debt'])).toBe('Debt');
    expect(guessIndicator('school_attendance', ['School attendance'], ['q7 attendance at school', 'q8'])).toBe('q7 attendance at school');
    expect(guessIndicator('debt', ['Debt'], ['name', 'notes'])).toBeUndefined();
  });
});
