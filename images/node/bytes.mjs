// Whole numbers and checksums as the three formats store them (images/FORMATS.md).
// It must not know which format asks; CEXEC_FAULT=byte-order makes this server wrong on purpose.
const ORDER = process.env.CEXEC_FAULT === 'byte-order' ? 'BE' : 'LE';

export const putU16 = (buffer, value, at) => buffer[`writeUInt16${ORDER}`](value, at);
export const putU32 = (buffer, value, at) => buffer[`writeUInt32${ORDER}`](value, at);
export const putU64 = (buffer, value, at) => buffer[`writeBigUInt64${ORDER}`](BigInt(value), at);
export const getU16 = (buffer, at) => buffer[`readUInt16${ORDER}`](at);
export const getU32 = (buffer, at) => buffer[`readUInt32${ORDER}`](at);
export const getU64 = (buffer, at) => Number(buffer[`readBigUInt64${ORDER}`](at));

/** The number whose four bytes, lowest first, spell `text`. */
export function magic(text) {
  return Buffer.from(text, 'latin1').readUInt32LE(0);
}

export function hex(number, digits = 8) {
  return number.toString(16).padStart(digits, '0');
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in zlib over all the parts, one behind the other. */
export function crc32(...parts) {
  let value = 0xffffffff;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 1)
      value = CRC_TABLE[(value ^ part[i]) & 0xff] ^ (value >>> 8);
  }
  return ~value >>> 0;
}

/**
 * The one error of the three formats: what is wrong with bytes that another process wrote.
 * `kind` is the short name that images/FORMATS.md gives the problem.
 */
export class FormatError extends Error {
  constructor(kind, message, compared = {}) {
    super(message);
    this.name = 'FormatError';
    Object.assign(this, { kind }, compared);
  }
}

/** The error for `data` that should begin with the number `expected`, as each `what` does. */
export function wrongMagic(what, data, expected) {
  const start = Buffer.alloc(4);
  putU32(start, expected, 0);
  const mine = start.toString('latin1');
  const shown = [...data.subarray(0, 4)]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hex(byte, 2)}`))
    .join('');
  const isReversed = shown === [...mine].reverse().join('');
  const problem = isReversed
    ? `which is '${mine}' reversed: written in the other byte order`
    : `not '${mine}'`;
  return new FormatError('wrong magic', `no ${what}: magic is '${shown}', ${problem}`, {
    expected: mine,
    actual: shown,
  });
}
