// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument } from '../instrument.ts';
import { words } from './ask.ts';
import { lifeAndEducation } from './household-28-life.ts';
import { belongingMovementAndPlace } from './household-28-movement.ts';
import { needsAndHealth } from './household-28-needs.ts';

/** Waymark's default instrument for people: 28 indicators over life and care, education, basic needs, health, belonging, movement and place. */
export const household28: Instrument = {
  code: 'household-28',
  version: 1,
  scores: 'person',
  title: words('Household assessment, 28 questions', 'แบบประเมินครัวเรือน 28 ข้อ'),
  description: words(
    'What makes it easier to exploit a person: about herself, her household and the place she lives in. It says where help is worth most, never who somebody is, and every answer ends.',
    'สิ่งที่ทำให้คนคนหนึ่งถูกแสวงหาประโยชน์ได้ง่ายขึ้น ทั้งเรื่องของตัวเอง ครัวเรือน และพื้นที่ที่อยู่ ใช้บอกว่าควรช่วยเหลือที่ใดก่อน ไม่ได้ใช้ตัดสินว่าใครเป็นคนแบบไหน และทุกคำตอบมีวันหมดอายุ',
  ),
  bands: { medium: 33, high: 60, coverage: 60 },
  indicators: [...lifeAndEducation, ...needsAndHealth, ...belongingMovementAndPlace],
};
