// The journal of images/FORMATS.md: checksummed records, appended to a file one after the other.
// It must not know who calls it, nor what a payload means.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';

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

export const KINDS = { bytes: 1, text: 2, json: 3 };

const MAGIC = magic('JRNL');
const VERSION = 1;
const HEADER_SIZE = 16;
const RECORD_HEADER_SIZE = 20;
const CHECKED_HEADER = 12; // of the file's header: what its checksum covers
const CHECKED_RECORD = 16; // of a record's header: what its checksum covers
const PAYLOAD_LIMIT = 16 * 1024 * 1024;

export function packHeader() {
  const header = Buffer.alloc(HEADER_SIZE);
  putU32(header, MAGIC, 0);
  putU16(header, VERSION, 4);
  putU16(header, HEADER_SIZE, 6);
  putU32(header, crc32(header.subarray(0, CHECKED_HEADER)), CHECKED_HEADER);
  return header;
}

export function packRecord(sequence, kind, payload) {
  const header = Buffer.alloc(RECORD_HEADER_SIZE);
  putU32(header, payload.length, 0);
  putU16(header, kind, 4);
  putU64(header, sequence, 8);
  putU32(header, crc32(header.subarray(0, CHECKED_RECORD), payload), CHECKED_RECORD);
  return Buffer.concat([header, payload]);
}

/** Makes an empty journal; one of the same name is replaced. */
export function createJournal(path) {
  publish(path, packHeader(), HEADER_SIZE);
}

/**
 * All good records { offset, sequence, kind, payload }, the `end` of the last one, and the `damage`
 * there, a FormatError, if there is any. A bad file header is thrown.
 */
export function readJournal(path) {
  mustExist(path, 'journal');
  const data = readFileSync(path);
  checkHeader(data);
  const contents = { records: [], end: HEADER_SIZE, damage: undefined };
  while (contents.end < data.length) {
    try {
      contents.records.push(unpackRecord(data, contents.end, contents.records.length + 1));
    } catch (error) {
      contents.damage = error;
      break;
    }
    contents.end += RECORD_HEADER_SIZE + contents.records.at(-1).payload.length;
  }
  return contents;
}

/** The one process that appends. Opening cuts off everything from the first bad record on. */
export class JournalWriter {
  #file;

  constructor(path) {
    const { records, end } = readJournal(path);
    this.#file = openSync(path, 'a');
    this.cutOff = fstatSync(this.#file).size - end;
    if (this.cutOff > 0) ftruncateSync(this.#file, end);
    this.nextSequence = records.length + 1;
  }

  /** Appends a record and returns its sequence number. */
  append(kind, payload) {
    if (payload.length > PAYLOAD_LIMIT) {
      throw new Error(`a record of ${payload.length} bytes is over the limit of ${PAYLOAD_LIMIT}`);
    }
    this.#write(packRecord(this.nextSequence, kind, payload));
    this.nextSequence += 1;
    return this.nextSequence - 1;
  }

  /** Does what a writer has done when it dies in the middle of append(). */
  appendHalf(kind, payload) {
    const record = packRecord(this.nextSequence, kind, payload);
    this.#write(record.subarray(0, RECORD_HEADER_SIZE + Math.floor(payload.length / 2)));
  }

  close() {
    closeSync(this.#file);
  }

  #write(bytes) {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(this.#file, rest));
  }
}

/** Flips one bit of a record's payload, or of its checksum if the payload is empty. */
export function damageRecord(path, sequence) {
  const { records } = readJournal(path);
  const record = records[sequence - 1];
  if (!record) throw new Error(`there is no record ${sequence} to damage, only ${records.length}`);
  const at = record.offset + (record.payload.length > 0 ? RECORD_HEADER_SIZE : CHECKED_RECORD);
  const file = openSync(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at);
    byte[0] ^= 1;
    writeSync(file, byte, 0, 1, at);
  } finally {
    closeSync(file);
  }
}

function checkHeader(data) {
  if (data.length < HEADER_SIZE) {
    throw new FormatError('too short', "the journal's file is too short for a header", {
      expected: `${HEADER_SIZE} bytes`,
      actual: `${data.length} bytes`,
    });
  }
  if (getU32(data, 0) !== MAGIC) {
    throw wrongMagic('journal', data, MAGIC);
  }
  const stated = getU32(data, CHECKED_HEADER);
  const computed = crc32(data.subarray(0, CHECKED_HEADER));
  if (computed !== stated) {
    throw new FormatError('wrong checksum', "the journal's header has the wrong checksum", {
      expected: hex(stated),
      actual: hex(computed),
    });
  }
  const version = getU16(data, 4);
  if (version !== VERSION || getU16(data, 6) !== HEADER_SIZE) {
    throw new FormatError('wrong version', 'the journal is of another version', {
      expected: `version ${VERSION}`,
      actual: `version ${version}`,
    });
  }
}

function unpackRecord(data, at, sequence) {
  const name = `record ${sequence} at byte ${at}`;
  const left = data.length - at - RECORD_HEADER_SIZE;
  if (left < 0) {
    throw new FormatError('torn', `${name} is torn: the file ends inside its header`, {
      expected: `${RECORD_HEADER_SIZE} bytes`,
      actual: `${data.length - at} bytes`,
    });
  }
  const length = getU32(data, at);
  if (length > PAYLOAD_LIMIT) {
    throw new FormatError('too long', `${name} claims more than a record may hold`, {
      expected: `at most ${PAYLOAD_LIMIT} bytes`,
      actual: `${length} bytes`,
    });
  }
  if (length > left) {
    throw new FormatError('torn', `${name} is torn: the file ends inside its payload`, {
      expected: `${length} bytes`,
      actual: `${left} bytes`,
    });
  }
  const start = at + RECORD_HEADER_SIZE;
  const payload = data.subarray(start, start + length);
  const stated = getU32(data, at + CHECKED_RECORD);
  const computed = crc32(data.subarray(at, at + CHECKED_RECORD), payload);
  if (computed !== stated) {
    throw new FormatError('wrong checksum', `${name} has the wrong checksum`, {
      expected: hex(stated),
      actual: hex(computed),
    });
  }
  const found = getU64(data, at + 8);
  if (found !== sequence) {
    throw new FormatError('wrong sequence', `${name} carries another number`, {
      expected: String(sequence),
      actual: String(found),
    });
  }
  return { offset: at, sequence, kind: getU16(data, at + 4), payload };
}
