// SPDX-License-Identifier: AGPL-3.0-or-later

const head = 256 * 1024;
const enoughRows = 40;
const [lineFeed, carriageReturn, quote] = [0x0a, 0x0d, 0x22];

/**
 * Where the first rows of a table of text end: before the last line end that no open quote goes over. Undefined where that cannot be told
 * from the bytes (letters of two bytes each, very long rows): then the file has to go whole.
 */
export function endOfFirstRows(bytes: Uint8Array): number | undefined {
  const twoByteLetters = bytes.includes(0) || (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (twoByteLetters) return undefined;
  let open = false,
    rows = 0,
    end: number | undefined;
  bytes.forEach((byte, index) => {
    if (byte === quote) open = !open;
    if (open || (byte !== lineFeed && byte !== carriageReturn)) return;
    rows++;
    end = index;
  });
  return rows < enoughRows ? undefined : end;
}

/** As much of a file as it takes to try a mapping on its first rows: a table of a gigabyte is not sent again for every letter of a formula. */
export async function firstRowsOf(file: File): Promise<Blob> {
  if (!/\.(csv|tsv|txt)$/i.test(file.name) || file.size <= 2 * head) return file;
  const end = endOfFirstRows(new Uint8Array(await file.slice(0, head).arrayBuffer()));
  return end === undefined ? file : file.slice(0, end);
}
