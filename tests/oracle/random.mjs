// Random choices that are the same on every machine.

/** Mulberry32: a number of 32 bits in, numbers from 0 to below 1 out. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** A whole number below `limit`. */
    below: (limit) => Math.floor(next() * limit),
    /** True in `share` of all calls. */
    chance: (share) => next() < share,
    pick: (list) => list[Math.floor(next() * list.length)],
    /** `make` called from `least` to `most` times. */
    list(least, most, make) {
      const count = least + Math.floor(next() * (most - least + 1));
      return Array.from({ length: count }, (_, i) => make(i));
    },
  };
}
