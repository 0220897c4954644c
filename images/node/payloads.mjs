// The payloads that scenarios send, and how a received one is compared with what was sent.
// It must not know which format carried them.
import { StepFailure } from './cexec_kit.mjs';

/** Byte i is (size + sequence + i) mod 251, so a shifted, stale or foreign payload shows. */
export function testPattern(size, sequence) {
  const pattern = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i += 1) pattern[i] = (size + sequence + i) % 251;
  return pattern;
}

/** Fails unless `payload` is the test pattern of that size and sequence number. */
export function checkPattern(payload, size, sequence, name) {
  if (payload.length !== size) {
    throw new StepFailure(`${name} has the wrong size`, {
      expected: `${size} bytes`,
      actual: `${payload.length} bytes`,
    });
  }
  const expected = testPattern(size, sequence);
  if (!expected.equals(payload)) {
    const at = expected.findIndex((byte, i) => byte !== payload[i]);
    throw new StepFailure(`${name} differs from byte ${at} on`, {
      expected: hexFrom(expected, at),
      actual: hexFrom(payload, at),
    });
  }
}

/** Fails unless `payload` is `text` in UTF-8, byte for byte. */
export function checkText(payload, text, name) {
  if (!Buffer.from(text).equals(payload)) {
    throw new StepFailure(`${name} has the wrong text`, {
      expected: text,
      actual: payload.toString(),
    });
  }
}

function hexFrom(bytes, at) {
  return bytes.toString('hex', at, at + 16).replace(/(..)(?=.)/g, '$1 ');
}
