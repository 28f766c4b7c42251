// SPDX-License-Identifier: AGPL-3.0-or-later
/** Until the codes of names are there. */
export function nameCodes(names: readonly string[]): { exact: string[]; sound: string[] } {
  const words = names
    .flatMap((name) =>
      name
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[\u0300-\u036f]/g, '')
        .split(/[^\p{L}\p{M}\p{N}]+/u),
    )
    .filter((word) => word !== '');
  return {
    exact: [...new Set(words)],
    sound: [
      ...new Set(
        words.map(
          (word) =>
            word[0] +
            word
              .slice(1)
              .replace(/[aeiouyhw]/g, '')
              .replace(/(.)\1+/g, '$1'),
        ),
      ),
    ],
  };
}
export function nameSimilarity(a: string, b: string): number {
  const [x, y] = [nameCodes([a]), nameCodes([b])];
  return (
    (2 * x.exact.filter((w) => y.exact.includes(w)).length + x.sound.filter((w) => y.sound.includes(w)).length) /
    (3 * Math.max(x.exact.length, y.exact.length, 1))
  );
}
