// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What letters leave behind when somebody once read them under the wrong encoding and saved the result: the sign for a letter that is lost,
 * control characters, UTF-8 that was taken for windows-1252 or Mac Roman (of Latin, Thai, Lao, Khmer, Myanmar), an underscore or a bullet
 * where a letter was.
 */
const remains =
  /[\ufffd\u0080-\u009f]|ï¿|ÔøΩ|[ÃÂ][\u00a0-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|√[^\s\d]|‚Ä|à[¸¹º»]|á(?:ž|Ÿ|€\S)|[\u00a1-\u024f]_|_[\u00a1-\u024f]|\p{L}•|•\p{L}/u;

/** Whether a name holds such remains. It cannot be mended here: what the letter was is not known any more. */
export function isDamaged(name: string): boolean {
  return remains.test(name);
}
