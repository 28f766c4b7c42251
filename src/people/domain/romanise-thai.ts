// SPDX-License-Identifier: AGPL-3.0-or-later

/** Letters of Thai or Lao writing: the two share one way of building syllables. */
interface Writing {
  readonly onsets: ReadonlyMap<string, string>;
  readonly codas: ReadonlyMap<string, string>;
  readonly signs: ReadonlyMap<string, string>;
  readonly leads: ReadonlyMap<string, string>;
  readonly w: string;
  readonly o: string;
  readonly h: string;
  /** Takes away what is not spoken: tone marks, letters under a killer mark. */
  readonly spoken: (text: string) => string;
}

function letters(table: string): Map<string, string> {
  return new Map(
    table.split(' ').flatMap((entry) => {
      const [of = '', as = ''] = entry.split('=');
      return [...of].map((letter): [string, string] => [letter, as]);
    }),
  );
}

const thai: Writing = {
  onsets: letters('ก=k ขฃคฅฆ=kh ง=ng จฉชฌ=ch ซศษส=s ญย=y ฎด=d ฏต=t ฐฑฒถทธ=th ณน=n บ=b ป=p ผพภ=ph ฝฟ=f ม=m รฤ=r ลฬ=l ว=w หฮ=h อ='),
  codas: letters('กขคฆ=k ง=ng จชซฌฎฏฐฑฒดตถทธศษส=t ญณนรลฬ=n บปผพภฟ=p ม=m ย=y ว=o อ=o ห=h ฤ=ri'),
  signs: letters('ะ=a ั=a า=a ๅ=a ำ=am ิ=i ี=i ึ=ue ื=ue ุ=u ู=u'),
  leads: letters('เ=e แ=ae โ=o ไ=ai ใ=ai'),
  w: 'ว',
  o: 'อ',
  h: 'ห',
  // The thanthakhat silences its letter, and with it the one the pair is written with: จันทร์ is chan, ลักษณ์ is lak. Two letters ร are
  // the vowel of กรรณ (kan) and ธรรม (tham).
  spoken: (text) =>
    text
      .replace(/[็่้๊๋ๆฯ]/g, '')
      .replace(/ํา/g, 'ำ')
      .replace(/(?:[ทตด]ร|ษณ|ษม)์/g, '')
      .replace(/[ก-ฮ][ิุ]?์/g, '')
      .replace(/รร(?=[ก-ฮ](?![ะ-ู]))/g, 'ั')
      .replace(/รร(?![ะ-ู])/g, 'ัน')
      .replace(/([เ-ไ][ก-ฮ]|[ิีุูั])([ชตกท])ร$/g, '$1$2')
      .replace(/พรหม/g, 'พรม')
      .replace(/เพชรร/g, 'เพชร')
      .replace(/เสริ/g, 'เซิ')
      .replace(/ทร(?=[าัิีุูง])|สร(?=้?[อะา])/g, (pair, at: number) => (at === 0 ? 'ซ' : pair)),
};

const lao: Writing = {
  onsets: letters('ກ=k ຂຄ=kh ງ=ng ຈ=ch ສຊ=s ຍຢ=y ດ=d ຕ=t ຖທ=th ນໜ=n ບ=b ປ=p ຜພ=ph ຝຟ=f ມໝ=m ຣ=r ລຼ=l ວ=w ຫຮ=h ອ='),
  codas: letters('ກຂຄ=k ງ=ng ຈສຊດຕຖທ=t ນຣລ=n ບປຜພຟ=p ມ=m ຍຢ=y ວ=o ອ=o ຫຮ=h'),
  signs: letters('ະ=a ັ=a າ=a ຳ=am ິ=i ີ=i ຶ=ue ື=ue ຸ=u ູ=u ົ=o ໍ=o ຽ=ia'),
  leads: letters('ເ=e ແ=ae ໂ=o ໄ=ai ໃ=ai'),
  w: 'ວ',
  o: 'ອ',
  h: 'ຫ',
  spoken: (text) => text.replace(/[ກ-ຮ]໌|[່້໊໋ໆຯ]/g, '').replace(/ໍາ/g, 'ຳ'),
};

/** Two consonants that begin a syllable together. */
const clusters = /^(?:[กขคตทปผพสศจກຂຄຕປຜພ][รຣ]|[กขคปผพກຂຄປຜພ][ลລຼ]|[กขคກຂຄ][วວ])/;
const sonorants = new Set('งญนมยรลวງຍນມຣລວຼ');

/** Where a syllable's first consonants end, and how they sound. A ห before a sonorant only lifts the tone. */
function onset(text: string, at: number, led: boolean, writing: Writing): [end: number, sound: string] {
  const first = text[at]!;
  const second = text[at + 1] ?? '';
  const third = text[at + 2] ?? '';
  const vowelled = led || writing.signs.has(third) || third === writing.o;
  const sound = writing.onsets.get(first) ?? '';
  if (first === writing.h && sonorants.has(second) && (vowelled || second === 'ຼ')) return [at + 2, writing.onsets.get(second) ?? ''];
  const joins = (writing.signs.has(third) || (led && third !== '')) && clusters.test(first + second);
  return joins ? [at + 2, sound + (writing.onsets.get(second) ?? '')] : [at + 1, sound];
}

/** The vowel written around an onset that ends before `at`. */
function vowel(text: string, at: number, lead: string, writing: Writing): [end: number, sound: string] {
  const sign = writing.signs.get(text[at] ?? '');
  if (sign !== undefined) {
    const after = text[at + 1] ?? '';
    if (after === writing.w && !writing.signs.has(text[at + 2] ?? '') && /[ัົ]/.test(text[at]!)) return [at + 2, 'ua'];
    return [after === writing.o && lead !== '' ? at + 2 : at + 1, lead === '' || sign === 'a' ? (lead && 'a') + sign : lead + sign];
  }
  if (text[at] === writing.o && !writing.signs.has(text[at + 1] ?? '')) return [at + 1, lead + 'o'];
  return [at, lead];
}

/** How many consonants stand bare from `at` to the end of the word; 0 when a vowel comes first. */
function bareToEnd(text: string, at: number, writing: Writing): number {
  for (let end = at; end < text.length; end++) if (!writing.onsets.has(text[end]!)) return 0;
  return text.length - at;
}

/**
 * Thai or Lao as it sounds, roughly: enough for a code of consonants. Writing leaves open whether a bare consonant ends a syllable or
 * begins one; `open` reads each within a word as beginning one (ราชพล as rachaphon), without it each ends one that can (ratphon).
 */
function romanise(given: string, open: boolean, writing: Writing): string {
  const text = writing.spoken(given);
  let out = '';
  let afterVowel = false;
  for (let at = 0; at < text.length;) {
    const lead = writing.leads.get(text[at]!) ?? '';
    if (lead !== '') at++;
    if (!writing.onsets.has(text[at] ?? '')) {
      out += writing.signs.get(text[at] ?? '') ?? lead;
      at++;
      continue;
    }
    const [end, sound] = onset(text, at, lead !== '', writing);
    const [next, spoken] = vowel(text, end, lead, writing);
    if (spoken !== '') {
      out += sound + spoken;
      afterVowel = !spoken.endsWith('m');
      at = next;
      continue;
    }
    const last = end >= text.length;
    // An even number of bare consonants at the end are syllables of their own: กิตติพงษ์ is kitti-phong.
    const bare = bareToEnd(text, at, writing);
    const closes = last || text[at] === 'ง' || text[at] === 'ญ' || (!open && (text[at - 1] === 'ั' || bare === 0 || bare % 2 === 1));
    if (afterVowel && closes) {
      out += writing.codas.get(text[at]!) ?? '';
      afterVowel = false;
    } else if (text[end] === writing.w && writing.onsets.has(text[end + 1] ?? '') && !writing.signs.has(text[end + 2] ?? '')) {
      out += `${sound}ua`;
      afterVowel = true;
      at = end + 1;
      continue;
    } else {
      out += last ? sound : `${sound}a`;
      afterVowel = true;
    }
    at = end;
  }
  return out;
}

export const romaniseThai = (text: string, open: boolean): string => romanise(text, open, thai);
export const romaniseLao = (text: string, open: boolean): string => romanise(text, open, lao);
