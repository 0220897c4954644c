// Accepts the connections of the wire and collects their messages.
// It must not know what is done with the messages.
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Connection, PORT } from './wire.mjs';

export class Listener {
  messages = []; // { sequence, payload } of all connections, as they came
  ends = []; // how each ended connection ended: an error, or undefined with BYE
  #limit;
  #server;
  #sockets = new Set();

  /** Listens on the wire's port of `host`. */
  static async open(host, limit) {
    const listener = new Listener();
    listener.#limit = limit;
    listener.#server = createServer({ allowHalfOpen: true }, (socket) => listener.#serve(socket));
    listener.#server.listen(PORT, host);
    await once(listener.#server, 'listening');
    return listener;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket) {
    this.#sockets.add(socket);
    const connection = new Connection(socket, this.#limit);
    let end;
    try {
      await connection.shakeHands();
      while (
        await connection.receive((sequence, payload) => this.messages.push({ sequence, payload }))
      );
    } catch (error) {
      end = error;
    }
    this.ends.push(end);
    this.#sockets.delete(socket);
    socket.destroySoon();
  }
}
