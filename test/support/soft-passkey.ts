// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A security key made of code: it makes one credential and signs with it, as WebAuthn level 3 writes it down, and can be told to misbehave. */
export class SoftPasskey {
  readonly id = randomBytes(32);
  readonly origin: string;
  counter = 0;
  #private: KeyObject;
  #cose: Buffer;

  constructor(origin: string) {
    this.origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#private = privateKey;
    const coordinate = (key: number, value: string) => Buffer.concat([Buffer.from([key, 0x58, 32]), Buffer.from(value, 'base64url')]);
    // { 1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y }
    this.#cose = Buffer.concat([Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1]), coordinate(0x21, x), coordinate(0x22, y)]);
  }

  /** What a browser answers to `navigator.credentials.create`. */
  create(options: { challenge: string }, changed: { origin?: string } = {}) {
    const id = this.id.toString('base64url'),
      length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const authData = Buffer.concat([this.#head(true, 0x40), Buffer.alloc(16), length, this.id, this.#cose]);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(authData.length);
    const attestation = Buffer.concat([
      Buffer.from([0xa3, 0x63]),
      Buffer.from('fmt'),
      Buffer.from([0x64]),
      Buffer.from('none'),
      Buffer.from([0x67]),
      Buffer.from('attStmt'),
      Buffer.from([0xa0, 0x68]),
      Buffer.from('authData'),
      Buffer.from([0x59]),
      size,
      authData,
    ]);
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#said('webauthn.create', options.challenge, changed.origin).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** What a browser answers to `navigator.credentials.get`. */
  get(options: { challenge: string }, changed: { origin?: string; verified?: boolean; handle?: string; id?: string } = {}) {
    const id = changed.id ?? this.id.toString('base64url');
    const authData = this.#head(changed.verified ?? true, 0),
      said = this.#said('webauthn.get', options.challenge, changed.origin);
    const signature = sign('sha256', Buffer.concat([authData, createHash('sha256').update(said).digest()]), this.#private);
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: said.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(changed.handle === undefined ? {} : { userHandle: Buffer.from(changed.handle).toString('base64url') }),
      },
    };
  }

  /** The site's digest, flags (present, and verified), and the counter, which goes up by itself. */
  #head(verified: boolean, more: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.counter);
    const site = createHash('sha256').update(new URL(this.origin).hostname).digest();
    return Buffer.concat([site, Buffer.from([0x01 | (verified ? 0x04 : 0) | more]), counter]);
  }

  #said(type: string, challenge: string, origin = this.origin): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }
}
