// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Cuts, Indicator, Instrument, Words } from '../instrument.ts';
import { ask, words as w } from './ask.ts';

/** No defensible threshold is published for these, so a place is compared with the others of its country. */
const terciles: Cuts = {
  method: 'terciles',
  worse: 'higher',
  source: w(
    'Terciles of the country at the level measured: a third of its places score 1, a third 2, a third 3',
    'แบ่งพื้นที่ระดับเดียวกันทั้งประเทศออกเป็นสามส่วนเท่ากัน ได้คะแนน 1 2 และ 3',
  ),
};

const lowMiddleHigh: [Words, Words, Words] = [
  w('In the lowest third of the country', 'อยู่ในกลุ่มต่ำสุดหนึ่งในสามของประเทศ'),
  w('In the middle third of the country', 'อยู่ในกลุ่มกลางของประเทศ'),
  w('In the highest third of the country', 'อยู่ในกลุ่มสูงสุดหนึ่งในสามของประเทศ'),
];

type Given = Pick<Indicator, 'code' | 'months' | 'theme' | 'title' | 'question' | 'reasons'> & {
  per?: number;
  cuts?: Cuts;
  answers?: [Words, Words, Words];
};

function measured({ per, cuts = terciles, answers = lowMiddleHigh, ...given }: Given): Indicator {
  return ask({ ...given, unit: 'place', answers, cuts, measure: per === undefined ? { kind: 'share' } : { kind: 'rate', per } });
}

const indicators: readonly Indicator[] = [
  measured({
    code: 'poor_households',
    months: 240,
    theme: 'basic-needs',
    title: w('Poor households', 'ครัวเรือนยากจน'),
    question: w('What share of households is on the list of poor households?', 'ครัวเรือนที่อยู่ในบัญชีครัวเรือนยากจนมีสัดส่วนเท่าไร'),
    reasons: {
      2: w('a middling share of households is poor', 'สัดส่วนครัวเรือนยากจนอยู่ในระดับกลาง'),
      3: w('many households are poor', 'มีครัวเรือนยากจนมาก'),
    },
  }),
  measured({
    code: 'no_electricity',
    months: 240,
    theme: 'basic-needs',
    title: w('Households without electricity', 'ครัวเรือนที่ไม่มีไฟฟ้า'),
    question: w('What share of households has no electricity?', 'ครัวเรือนที่ไม่มีไฟฟ้ามีสัดส่วนเท่าไร'),
    reasons: {
      2: w('some households have no electricity', 'มีครัวเรือนที่ไม่มีไฟฟ้าอยู่บ้าง'),
      3: w('many households have no electricity', 'มีครัวเรือนที่ไม่มีไฟฟ้ามาก'),
    },
  }),
  measured({
    code: 'no_improved_latrine',
    months: 240,
    theme: 'health',
    title: w('Households without an improved latrine', 'ครัวเรือนที่ไม่มีส้วมถูกสุขลักษณะ'),
    question: w('What share of households has no improved latrine?', 'ครัวเรือนที่ไม่มีส้วมถูกสุขลักษณะมีสัดส่วนเท่าไร'),
    reasons: {
      2: w('some households have no improved latrine', 'มีครัวเรือนที่ไม่มีส้วมถูกสุขลักษณะอยู่บ้าง'),
      3: w('many households have no improved latrine', 'มีครัวเรือนที่ไม่มีส้วมถูกสุขลักษณะมาก'),
    },
  }),
  measured({
    code: 'no_improved_water',
    months: 240,
    theme: 'health',
    title: w('Households without improved water', 'ครัวเรือนที่ไม่มีน้ำสะอาด'),
    question: w('What share of households has no improved source of drinking water?', 'ครัวเรือนที่ไม่มีแหล่งน้ำดื่มที่สะอาดมีสัดส่วนเท่าไร'),
    reasons: {
      2: w('some households have no improved water', 'มีครัวเรือนที่ไม่มีน้ำสะอาดอยู่บ้าง'),
      3: w('many households have no improved water', 'มีครัวเรือนที่ไม่มีน้ำสะอาดมาก'),
    },
  }),
  measured({
    code: 'small_land',
    months: 240,
    theme: 'basic-needs',
    title: w('Families with less than one hectare of land', 'ครอบครัวที่มีที่ดินน้อยกว่าหนึ่งเฮกตาร์'),
    question: w(
      'What share of farming families has less than one hectare of land, or none?',
      'ครอบครัวเกษตรกรที่มีที่ดินน้อยกว่าหนึ่งเฮกตาร์ (6.25 ไร่) หรือไม่มีที่ดิน มีสัดส่วนเท่าไร',
    ),
    reasons: {
      2: w('some families have less than one hectare of land', 'มีครอบครัวที่มีที่ดินน้อยกว่าหนึ่งเฮกตาร์อยู่บ้าง'),
      3: w('many families have less than one hectare of land', 'มีครอบครัวที่มีที่ดินน้อยกว่าหนึ่งเฮกตาร์มาก'),
    },
  }),
  measured({
    code: 'dependency',
    months: 240,
    theme: 'life-and-care',
    title: w('People too young or too old to work', 'ประชากรวัยพึ่งพิง'),
    question: w(
      'What share of people is of an age at which others support them (children and the old)?',
      'ประชากรวัยเด็กและวัยชราที่ต้องพึ่งพาผู้อื่นมีสัดส่วนเท่าไร',
    ),
    reasons: {
      2: w('a middling share of people depends on others’ work', 'สัดส่วนประชากรวัยพึ่งพิงอยู่ในระดับกลาง'),
      3: w('many people depend on few who work', 'มีประชากรวัยพึ่งพิงมากเมื่อเทียบกับคนทำงาน'),
    },
  }),
  measured({
    code: 'out_migration',
    months: 240,
    theme: 'movement',
    per: 1000,
    title: w('People who moved away', 'คนที่ย้ายออก'),
    question: w('How many of every 1,000 people moved away from here?', 'ในประชากรทุก 1,000 คน มีคนย้ายออกจากที่นี่กี่คน'),
    reasons: { 2: w('some people move away', 'มีคนย้ายออกอยู่บ้าง'), 3: w('many people move away', 'มีคนย้ายออกมาก') },
  }),
  measured({
    code: 'international_migration',
    months: 240,
    theme: 'movement',
    per: 1000,
    title: w('People who went abroad', 'คนที่ไปต่างประเทศ'),
    question: w('How many of every 1,000 people live or work abroad?', 'ในประชากรทุก 1,000 คน มีคนไปอยู่หรือทำงานต่างประเทศกี่คน'),
    reasons: { 2: w('some people go abroad', 'มีคนไปต่างประเทศอยู่บ้าง'), 3: w('many people go abroad', 'มีคนไปต่างประเทศมาก') },
  }),
  measured({
    code: 'reported_violence',
    months: 240,
    theme: 'life-and-care',
    per: 1000,
    title: w('Reported violence in families', 'ความรุนแรงในครอบครัวที่มีการแจ้ง'),
    question: w(
      'How many families of every 1,000 were reported for violence at home? Few reports can also mean that few dare to report.',
      'ในทุก 1,000 ครอบครัว มีการแจ้งความรุนแรงในครอบครัวกี่ครอบครัว การแจ้งน้อยอาจหมายความว่าคนไม่กล้าแจ้ง',
    ),
    reasons: {
      2: w('some violence in families is reported', 'มีการแจ้งความรุนแรงในครอบครัวอยู่บ้าง'),
      3: w('much violence in families is reported', 'มีการแจ้งความรุนแรงในครอบครัวมาก'),
    },
  }),
];

/**
 * The default for places: only what area statistics can say. It describes places and is never merged with what is known of people.
 * A published figure stands until a newer one is imported: censuses and commune databases come years late and years apart, and a map that
 * forgot them would say "unknown" of whole countries. So validity is the longest there is, and every screen shows the date of the figure.
 */
export const placeSecondary1: Instrument = {
  code: 'place-secondary-1',
  version: 1,
  scores: 'place',
  title: w('Places from area statistics', 'พื้นที่จากสถิติ'),
  description: w(
    'What published statistics say about a place: poverty, services, land, dependency, migration and reported violence. It describes places, not the people who live there.',
    'สิ่งที่สถิติที่เผยแพร่บอกเกี่ยวกับพื้นที่ ได้แก่ ความยากจน บริการ ที่ดิน ภาระพึ่งพิง การย้ายถิ่น และความรุนแรงที่มีการแจ้ง เป็นข้อมูลของพื้นที่ ไม่ใช่ของคนที่อยู่ในนั้น',
  ),
  bands: { medium: 33, high: 60, coverage: 60 },
  indicators: [...indicators],
};
