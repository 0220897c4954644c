// The ring of images/FORMATS.md: frames from one writer to one reader through a shared file.
// It must not know who calls it, nor what a payload means.
//
// Node has no mmap. It reads and writes the same file at positions, which the kernel keeps coherent
// with the mappings of other processes.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  crc32,
  FormatError,
  getU16,
  getU32,
  getU64,
  hex,
  magic,
  putU16,
  putU32,
  putU64,
  wrongMagic,
} from './bytes.mjs';
import { mustExist, publish } from './exchange.mjs';

const MAGIC = magic('RING');
const VERSION = 1;
const CONSTANT_SIZE = 16; // of the header: what its checksum covers
const HEADER_SIZE = 192;
const WRITE_INDEX_AT = 64;
const READ_INDEX_AT = 128;
const FRAME_HEADER_SIZE = 24;
const CHECKED = 12; // of a frame's header: what its checksum covers
const STATE_IN_SLOT = 16;
const [NEVER_USED, WRITING, COMMITTED] = [0, 1, 2];
const SLOTS_LIMIT = 65_536;
const CAPACITY_LIMIT = 16 * 1024 * 1024;
const LOOKS = 3; // so often a reader looks, 1 ms apart, before it believes in damage

/** There is no room until the reader moves on. */
export class RingFull extends Error {}

/** The constant part of a ring's header. */
export function packHeader(slots, capacity) {
  const header = Buffer.alloc(CONSTANT_SIZE + 4);
  putU32(header, MAGIC, 0);
  putU16(header, VERSION, 4);
  putU16(header, HEADER_SIZE, 6);
  putU32(header, slots, 8);
  putU32(header, capacity, 12);
  putU32(header, crc32(header.subarray(0, CONSTANT_SIZE)), CONSTANT_SIZE);
  return header;
}

/** Makes an empty ring; one of the same name is replaced. */
export function createRing(path, slots, capacity) {
  if (!isPossible(slots, capacity)) {
    throw new Error(`a ring has 1 to ${SLOTS_LIMIT} slots of 1 to ${CAPACITY_LIMIT} bytes`);
  }
  publish(path, packHeader(slots, capacity), HEADER_SIZE + slots * slotSize(capacity));
}

/** An open ring. Writer, reader and observers use the methods meant for them. */
export class Ring {
  #file;
  #capacity;

  constructor(path) {
    mustExist(path, 'ring');
    this.#file = openSync(path, 'r+');
    try {
      const { size } = fstatSync(this.#file);
      const header = this.#readAt(0, Math.min(size, HEADER_SIZE));
      checkHeader(header);
      this.slots = getU32(header, 8);
      this.#capacity = getU32(header, 12);
      if (!isPossible(this.slots, this.#capacity)) {
        throw new FormatError(
          'wrong geometry',
          `the ring claims ${this.slots} slots of ${this.#capacity} bytes`,
        );
      }
      const needed = HEADER_SIZE + this.slots * slotSize(this.#capacity);
      if (size < needed) {
        throw new FormatError('too short', "the ring's file is shorter than its header says", {
          expected: `${needed} bytes`,
          actual: `${size} bytes`,
        });
      }
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  close() {
    closeSync(this.#file);
  }

  // --- the writer ---

  /**
   * What a restarted writer does first: settles the frame its predecessor died in. A half frame is
   * discarded, a complete one published. Returns how many were discarded.
   */
  recover() {
    const sequence = this.writeIndex + 1;
    if (this.#state(sequence) === WRITING) {
      this.#setState(sequence, NEVER_USED);
      return 1;
    }
    try {
      this.#lookOnce(sequence);
    } catch (error) {
      if (error instanceof FormatError) return 0; // the slot holds an older frame, or none
      throw error;
    }
    this.#storeIndex(WRITE_INDEX_AT, sequence);
    return 0;
  }

  /** Appends a frame and returns its sequence number; RingFull if there is no room. */
  async write(payload) {
    const sequence = this.writeIndex + 1;
    await this.#fill(sequence, payload, payload.length);
    this.#setState(sequence, COMMITTED);
    this.#storeIndex(WRITE_INDEX_AT, sequence);
    return sequence;
  }

  /** Does what a writer has done when it dies in the middle of write(). */
  async writeHalf(payload) {
    await this.#fill(this.writeIndex + 1, payload, Math.floor(payload.length / 2));
  }

  async hasRoom() {
    return (await this.waiting()) < this.slots;
  }

  async #fill(sequence, payload, stored) {
    if (payload.length > this.#capacity) {
      throw new Error(
        `a frame of ${payload.length} bytes does not fit into slots of ${this.#capacity}`,
      );
    }
    if (!(await this.hasRoom())) {
      throw new RingFull(`all ${this.slots} slots hold frames that the reader has not read`);
    }
    this.#setState(sequence, WRITING);
    const header = Buffer.alloc(CHECKED + 4);
    putU64(header, sequence, 0);
    putU32(header, payload.length, 8);
    putU32(header, crc32(header.subarray(0, CHECKED), payload), CHECKED);
    const at = this.#slot(sequence);
    this.#writeAt(at, header);
    this.#writeAt(at + FRAME_HEADER_SIZE, payload.subarray(0, stored));
  }

  /** Flips one bit of the frame's payload, or of its checksum if the payload is empty. */
  damage(sequence) {
    const slot = this.#slot(sequence);
    const isEmpty = getU32(this.#readAt(slot + 8, 4), 0) === 0;
    const at = slot + (isEmpty ? CHECKED : FRAME_HEADER_SIZE);
    this.#writeAt(at, Buffer.from([this.#readAt(at, 1)[0] ^ 1]));
  }

  // --- the reader ---

  /**
   * The next frame { sequence, payload }, or undefined if the ring is empty. A damaged frame is
   * passed over: it is reported once, as a FormatError, and never returned.
   */
  async read() {
    if ((await this.waiting()) === 0) return undefined;
    const sequence = this.readIndex + 1;
    try {
      return { sequence, payload: await this.look(sequence) };
    } finally {
      this.#storeIndex(READ_INDEX_AT, sequence);
    }
  }

  // --- anyone ---

  /** Sequence number of the last frame written; 0 if there is none. */
  get writeIndex() {
    return getU64(this.#readAt(WRITE_INDEX_AT, 8), 0);
  }

  /** Sequence number of the last frame read; 0 if there is none. */
  get readIndex() {
    return getU64(this.#readAt(READ_INDEX_AT, 8), 0);
  }

  /** How many frames are written and not yet read. */
  async waiting() {
    return patiently(() => {
      const read = this.readIndex;
      const written = this.writeIndex;
      if (read > written || written > read + this.slots) {
        throw new FormatError(
          'wrong index',
          `write index ${written} and read index ${read} ` +
            `cannot both be right in a ring of ${this.slots} slots`,
        );
      }
      return written - read;
    });
  }

  /** A frame's payload, without moving the read index; FormatError if it cannot be had. */
  async look(sequence) {
    return patiently(() => {
      if (sequence > this.writeIndex) {
        throw new FormatError('not written', `frame ${sequence} has not been written yet`);
      }
      return this.#lookOnce(sequence);
    });
  }

  /** Whether a frame behind the last one was begun and not committed. */
  hasHalfFrame() {
    return this.#state(this.writeIndex + 1) === WRITING;
  }

  #lookOnce(sequence) {
    const at = this.#slot(sequence);
    const header = this.#readAt(at, FRAME_HEADER_SIZE);
    const found = getU64(header, 0);
    const length = getU32(header, 8);
    const payload = this.#readAt(at + FRAME_HEADER_SIZE, Math.min(length, this.#capacity));
    if (found > sequence && (found - sequence) % this.slots === 0) {
      throw new FormatError('overwritten', `frame ${sequence} was overwritten by frame ${found}`);
    }
    if (getU32(header, STATE_IN_SLOT) !== COMMITTED) {
      throw new FormatError('not committed', `frame ${sequence} was begun and never committed`);
    }
    if (found !== sequence) {
      throw new FormatError('wrong sequence', `the slot of frame ${sequence} holds another frame`, {
        expected: String(sequence),
        actual: String(found),
      });
    }
    if (length > this.#capacity) {
      throw new FormatError('too long', `frame ${sequence} claims more than a slot holds`, {
        expected: `at most ${this.#capacity} bytes`,
        actual: `${length} bytes`,
      });
    }
    const stated = getU32(header, CHECKED);
    const computed = crc32(header.subarray(0, CHECKED), payload);
    if (computed !== stated) {
      throw new FormatError(
        'wrong checksum',
        `frame ${sequence} at byte ${at} has the wrong checksum`,
        {
          expected: hex(stated),
          actual: hex(computed),
        },
      );
    }
    return payload;
  }

  #slot(sequence) {
    return HEADER_SIZE + ((sequence - 1) % this.slots) * slotSize(this.#capacity);
  }

  #state(sequence) {
    return getU32(this.#readAt(this.#slot(sequence) + STATE_IN_SLOT, 4), 0);
  }

  #setState(sequence, state) {
    const word = Buffer.alloc(4);
    putU32(word, state, 0);
    this.#writeAt(this.#slot(sequence) + STATE_IN_SLOT, word);
  }

  #storeIndex(at, value) {
    const word = Buffer.alloc(8);
    putU64(word, value, 0);
    this.#writeAt(at, word);
  }

  #readAt(position, size) {
    const buffer = Buffer.alloc(size);
    const count = readSync(this.#file, buffer, 0, size, position);
    if (count < size) throw new Error(`the ring's file ends inside ${size} bytes at ${position}`);
    return buffer;
  }

  #writeAt(position, bytes) {
    const count = writeSync(this.#file, bytes, 0, bytes.length, position);
    if (count < bytes.length)
      throw new Error(`only ${count} of ${bytes.length} bytes could be written`);
  }
}

function slotSize(capacity) {
  return FRAME_HEADER_SIZE + Math.ceil(capacity / 8) * 8;
}

function isPossible(slots, capacity) {
  return slots >= 1 && slots <= SLOTS_LIMIT && capacity >= 1 && capacity <= CAPACITY_LIMIT;
}

/**
 * What `look` returns; damage is believed only if several looks agree. Another process may be
 * storing what is read at this moment, so that a single look can see an index or a frame half way
 * between two values.
 */
async function patiently(look) {
  for (let i = 1; i < LOOKS; i += 1) {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      await sleep(1);
    }
  }
  return look();
}

function checkHeader(header) {
  if (header.length < HEADER_SIZE) {
    throw new FormatError('too short', "the ring's file is too short for a header", {
      expected: `${HEADER_SIZE} bytes`,
      actual: `${header.length} bytes`,
    });
  }
  if (getU32(header, 0) !== MAGIC) {
    throw wrongMagic('ring', header, MAGIC);
  }
  const stated = getU32(header, CONSTANT_SIZE);
  const computed = crc32(header.subarray(0, CONSTANT_SIZE));
  if (computed !== stated) {
    throw new FormatError('wrong checksum', "the ring's header has the wrong checksum", {
      expected: hex(stated),
      actual: hex(computed),
    });
  }
  const version = getU16(header, 4);
  if (version !== VERSION || getU16(header, 6) !== HEADER_SIZE) {
    throw new FormatError('wrong version', 'the ring is of another version', {
      expected: `version ${VERSION}`,
      actual: `version ${version}`,
    });
  }
}
