// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, type KeyObject } from 'node:crypto';
import type { Identity } from '../../domain/identity.ts';
import { normalDocument, phoneKey } from '../../domain/identity-normal.ts';
import { nameCodes, type Hearing } from '../../domain/name-codes.ts';
import { rememberedHearing } from './remembered-hearing.ts';
import { codeKinds, type CodeKind, type MasterKey } from './master-key.ts';

/** A keyed code of something that can be asked for. Equal words of one region have equal codes; nobody without the key goes back from one. */
export interface BlindCode {
  readonly kind: number;
  /** Signed 64 bits as text: JavaScript has no number for them. */
  readonly code: string;
}

/** One code asked for: in which region it would stand, and which of the codes of what was typed it is, the same in each region. */
export interface AskedCode extends BlindCode {
  readonly regionId: number;
  readonly nth: number;
}

/** Nobody is called by more; what comes beyond finds the person no better and would fill the index. */
const mostCodes = 40;

/** How words sound: of each sort; and their codes, of all regions together: some fifty megabytes. */
const mostHeard = 20_000,
  mostCoded = 400_000;

/** The key of one kind in one region, and the codes of words met with it. */
interface Ring {
  readonly key: KeyObject;
  readonly known: Map<string, string> | null;
}

interface Word {
  readonly kind: CodeKind;
  readonly text: string;
}

/** Makes codes under one key, and remembers how words sound and their codes: a province of a million shares some ten thousand names. */
export class CodeMaker {
  readonly #key: MasterKey;
  readonly #installationId: string;
  readonly #rings = new Map<number, Ring>();
  readonly #hearing = rememberedHearing(mostHeard);
  #coded = 0;

  constructor(key: MasterKey, installationId: string) {
    this.#key = key;
    this.#installationId = installationId;
  }

  /** The codes by which this person is found. */
  of(identity: Identity, regionId: number): BlindCode[] {
    return wordsOf(identity, this.#hearing)
      .slice(0, mostCodes)
      .map((word) => this.#code(word, regionId));
  }

  /** The codes of what somebody typed: a name, whole, a telephone number or the number of a document; in each region where it may stand. */
  asked(text: string, regionIds: readonly number[]): AskedCode[] {
    const words = [...nameWords([text], this.#hearing), ...numberWords(text)];
    return regionIds.flatMap((regionId) => words.map((word, i) => ({ regionId, nth: i + 1, ...this.#code(word, regionId) })));
  }

  #code({ kind, text }: Word, regionId: number): BlindCode {
    const { key, known } = this.#ring(kind, regionId);
    const code = known?.get(text) ?? firstEight(createHmac('sha256', key).update(text).digest('binary'));
    // A whole name is hardly ever met twice.
    if (known && !text.startsWith('=') && !known.has(text)) this.#remember(known, text, code);
    return { kind: codeKinds[kind], code };
  }

  /** A country of many provinces has more than can be held: then all are forgotten, and those that are met again are soon back. */
  #remember(known: Map<string, string>, text: string, code: string): void {
    if (this.#coded >= mostCoded) {
      for (const ring of this.#rings.values()) ring.known?.clear();
      this.#coded = 0;
    }
    known.set(text, code);
    this.#coded++;
  }

  #ring(kind: CodeKind, regionId: number): Ring {
    const at = regionId * 8 + codeKinds[kind];
    let ring = this.#rings.get(at);
    if (!ring) {
      // Numbers are hardly ever met twice.
      ring = {
        key: this.#key.codeKey(this.#installationId, regionId, kind),
        known: kind === 'exact' || kind === 'sound' ? new Map() : null,
      };
      this.#rings.set(at, ring);
    }
    return ring;
  }
}

const eight = Buffer.alloc(8);

/** The first 64 bits, signed. A digest as a text of bytes: a Buffer for each takes half as long again. */
function firstEight(digest: string): string {
  eight.write(digest, 'binary');
  return eight.readBigInt64BE().toString();
}

function wordsOf(identity: Identity, hearing: Hearing): Word[] {
  const documents = identity.documents.map(({ number }) => normalDocument(number)).filter((number) => number !== '');
  const phones = identity.phones.map(phoneKey).filter((key) => key !== '');
  return [
    ...[...new Set(documents)].map((text) => ({ kind: 'document' as const, text })),
    ...[...new Set(phones)].map((text) => ({ kind: 'phone' as const, text })),
    ...nameWords(
      identity.names.map(({ full }) => full),
      hearing,
    ),
  ];
}

function nameWords(names: readonly string[], hearing: Hearing): Word[] {
  const { exact, sound } = nameCodes(names, hearing);
  return [...exact.map((text) => ({ kind: 'exact' as const, text })), ...sound.map((text) => ({ kind: 'sound' as const, text }))];
}

/** A number that was typed may be of a telephone or of a document; spaces in it do not matter. */
function numberWords(text: string): Word[] {
  if (!/\p{Nd}/u.test(text)) return [];
  const [phone, document] = [/\p{L}/u.test(text) ? '' : phoneKey(text), normalDocument(text)];
  return [
    ...(phone === '' ? [] : [{ kind: 'phone' as const, text: phone }]),
    ...(document === '' ? [] : [{ kind: 'document' as const, text: document }]),
  ];
}
