// SPDX-License-Identifier: AGPL-3.0-or-later
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The line between people's phones and a server, which can be cut: in the middle of what is sent, or of what is answered. */
export class BadLine {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((phone) => {
    const server = connect(this.#port, '127.0.0.1');
    for (const [from, to] of [
      [phone, server],
      [server, phone],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  readonly #port: number;

  /** `port`: of the server. */
  constructor(port: number) {
    this.#port = port;
  }

  async open(): Promise<string> {
    await new Promise<void>((done) => {
      this.#server.listen(0, '127.0.0.1', done);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers with how many were cut. */
  cut(): number {
    const cut = this.#sockets.size;
    for (const socket of this.#sockets) socket.destroy();
    return cut;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
