// The wire of images/FORMATS.md: acknowledged messages over TCP, from who connects to who listens.
// It must not know who calls it, nor what a payload means.
import { connect as connectSocket } from 'node:net';

import {
  crc32,
  FormatError,
  getU16,
  getU32,
  hex,
  magic,
  putU16,
  putU32,
  wrongMagic,
} from './bytes.mjs';

export const PORT = 4741;
export const PAYLOAD_LIMIT = 16 * 1024 * 1024;
export const [DATA, ACK, ERROR, BYE] = [1, 2, 3, 4];

const MAGIC = magic('WIRE');
const VERSION = 1;
const HELLO_SIZE = 12;
const FRAME_HEADER_SIZE = 16;
const CHECKED = 12; // of a frame's header: what its checksum covers
const TYPE_NAMES = { [DATA]: 'DATA', [ACK]: 'ACK', [ERROR]: 'ERROR', [BYE]: 'BYE' };
const ERROR_CODES = { 'wrong checksum': 1, 'too long': 2, unexpected: 3 };
const DRAIN_MS = 1000;

/** The connection ended without BYE. */
export class ConnectionBroken extends Error {}

/** The other side sent an ERROR frame and gave up the connection. */
export class PeerError extends Error {
  constructor(kind, message) {
    super(`the other side gave up: ${kind}: ${message}`);
    this.kind = kind;
  }
}

/** The message is longer than the other side takes; nothing was sent. */
export class MessageTooLong extends Error {}

export function packHello(limit) {
  const hello = Buffer.alloc(HELLO_SIZE);
  putU32(hello, MAGIC, 0);
  putU16(hello, VERSION, 4);
  putU32(hello, limit, 8);
  return hello;
}

export function packFrame(type, sequence, payload = Buffer.alloc(0)) {
  return Buffer.concat([packFrameHeader(type, sequence, payload.length, payload), payload]);
}

/** The header of a DATA frame whose payload of `size` bytes never comes. */
export function packAnnouncement(sequence, size) {
  return packFrameHeader(DATA, sequence, size, Buffer.alloc(0));
}

function packFrameHeader(type, sequence, size, payload) {
  const header = Buffer.alloc(FRAME_HEADER_SIZE);
  putU32(header, size, 0);
  header[4] = type;
  putU32(header, sequence, 8);
  putU32(header, crc32(header.subarray(0, CHECKED), payload), CHECKED);
  return header;
}

/** One end of a connection. Waits reject with FormatError, ConnectionBroken or PeerError. */
export class Connection {
  #bytes;
  #socket;
  #limit;
  #peerLimit = 0;
  #last = 0; // sequence number of the last DATA frame, sent or received

  /** `limit`: the longest payload this end takes; `patience`: ms to wait for the other side. */
  constructor(socket, limit, patience) {
    this.#socket = socket;
    this.#limit = limit;
    this.#bytes = new IncomingBytes(socket, patience);
    socket.setNoDelay();
  }

  /** Connects and shakes hands. */
  static async connect(host, patience) {
    const socket = connectSocket({ host, port: PORT, allowHalfOpen: true });
    const connection = new Connection(socket, PAYLOAD_LIMIT, patience);
    try {
      await connection.shakeHands();
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return connection;
  }

  async shakeHands() {
    this.#socket.write(packHello(this.#limit));
    const hello = await this.#bytes.take(HELLO_SIZE);
    if (getU32(hello, 0) !== MAGIC) {
      throw wrongMagic('wire', hello, MAGIC);
    }
    const version = getU16(hello, 4);
    if (version !== VERSION) {
      throw new FormatError('wrong version', 'the other side speaks another version', {
        expected: `version ${VERSION}`,
        actual: `version ${version}`,
      });
    }
    this.#peerLimit = getU32(hello, 8);
  }

  // --- the side that connects ---

  get nextSequence() {
    return this.#last + 1;
  }

  /** Sends one message and waits until it is acknowledged. */
  async send(payload) {
    if (payload.length > this.#peerLimit) {
      throw new MessageTooLong(
        `the other side takes messages of ${this.#peerLimit} bytes at most, ` +
          `this one has ${payload.length}`,
      );
    }
    this.#last += 1;
    await this.sendRaw(packFrame(DATA, this.#last, payload));
  }

  /** Sends these bytes as they are, and waits for the answer to a DATA frame. */
  async sendRaw(frame) {
    this.#socket.write(frame);
    await this.#expect(ACK);
  }

  /** Says BYE, waits for the other side's, and closes. */
  async close() {
    this.#socket.write(packFrame(BYE, this.#last));
    await this.#expect(BYE);
    this.#socket.destroy();
  }

  async #expect(type) {
    const found = await this.#receiveFrame();
    if (found.type === ERROR) throw peerError(found.payload);
    if (found.type !== type || found.sequence !== this.#last) {
      throw new FormatError('unexpected', 'the other side answered with another frame', {
        expected: `${TYPE_NAMES[type]} ${this.#last}`,
        actual: `${TYPE_NAMES[found.type] ?? found.type} ${found.sequence}`,
      });
    }
  }

  // --- the side that listens ---

  /** Hands the next message to `accept`, then acknowledges it. False: the other side said BYE. */
  async receive(accept) {
    let found;
    try {
      found = await this.#receiveFrame();
      this.#checkOrder(found);
    } catch (error) {
      if (error instanceof FormatError) await this.#refuse(error);
      throw error;
    }
    const isLast = found.type === BYE;
    this.#last = found.sequence;
    if (!isLast) accept(found.sequence, found.payload);
    this.#socket.write(packFrame(isLast ? BYE : ACK, this.#last));
    return !isLast;
  }

  #checkOrder({ type, sequence }) {
    const next = type === DATA && sequence === this.#last + 1;
    const end = type === BYE && sequence === this.#last;
    if (!next && !end) {
      throw new FormatError('unexpected', 'the other side sent another frame', {
        expected: `DATA ${this.#last + 1} or BYE ${this.#last}`,
        actual: `${TYPE_NAMES[type] ?? type} ${sequence}`,
      });
    }
  }

  /** Tells the other side why, and stays until it has gone, so that the news arrives. */
  async #refuse(error) {
    const code = Buffer.alloc(2);
    putU16(code, ERROR_CODES[error.kind], 0);
    this.#socket.end(
      packFrame(ERROR, this.#last, Buffer.concat([code, Buffer.from(error.message)])),
    );
    await this.#bytes.drain(DRAIN_MS);
  }

  // --- both ---

  /** Ends the connection without BYE; who waits in it gets ConnectionBroken. */
  hangUp() {
    this.#socket.destroy();
  }

  async #receiveFrame() {
    const header = await this.#bytes.take(FRAME_HEADER_SIZE);
    const [length, type, sequence] = [getU32(header, 0), header[4], getU32(header, 8)];
    const name = `${TYPE_NAMES[type] ?? 'unknown'} frame ${sequence}`;
    if (length > this.#limit) {
      throw new FormatError('too long', `${name} is too long`, {
        expected: `at most ${this.#limit} bytes`,
        actual: `${length} bytes`,
      });
    }
    const payload = await this.#bytes.take(length);
    const stated = getU32(header, CHECKED);
    const computed = crc32(header.subarray(0, CHECKED), payload);
    if (computed !== stated) {
      throw new FormatError('wrong checksum', `${name} has the wrong checksum`, {
        expected: hex(stated),
        actual: hex(computed),
      });
    }
    return { type, sequence, payload };
  }
}

/** What comes in on a socket, to be taken in pieces of a wanted size. */
class IncomingBytes {
  #chunks = [];
  #size = 0;
  #end; // why nothing more will come
  #wake = () => {};
  #patience;

  constructor(socket, patience) {
    this.#patience = patience;
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    const end = (error) => {
      this.#end ??= error;
      this.#wake();
    };
    socket.on('end', () =>
      end(new ConnectionBroken('the other side closed the connection without BYE')),
    );
    socket.on('error', (error) =>
      end(new ConnectionBroken(`the connection broke: ${error.message}`)),
    );
    socket.on('close', () => end(new ConnectionBroken('the connection was closed')));
  }

  /** The next `count` bytes. */
  async take(count) {
    while (this.#size < count) {
      if (this.#end) throw this.#end;
      const came = this.#size;
      if (!(await this.#more(this.#patience))) {
        throw new ConnectionBroken(`no answer: ${came} of ${count} bytes came`);
      }
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(count)];
    this.#size = all.length - count;
    return all.subarray(0, count);
  }

  /** Drops what comes until the other side is gone, but for `limit` ms at most. */
  async drain(limit) {
    const until = performance.now() + limit;
    while (!this.#end && performance.now() < until) {
      this.#chunks = [];
      this.#size = 0;
      await this.#more(until - performance.now());
    }
  }

  /** Waits for more bytes or the end (true), but only `limit` ms (false); no limit: for ever. */
  #more(limit) {
    return new Promise((resolve) => {
      const timer = limit === undefined ? undefined : setTimeout(() => resolve(false), limit);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}

function peerError(payload) {
  const code = payload.length < 2 ? 0 : getU16(payload, 0);
  const kind =
    Object.keys(ERROR_CODES).find((name) => ERROR_CODES[name] === code) ?? `code ${code}`;
  return new PeerError(kind, payload.toString('utf8', 2));
}
