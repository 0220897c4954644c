// How a step waits for what another process does: it looks again until the time is up.
// It must not know what is waited for.
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from './cexec_kit.mjs';

/** Milliseconds; no format has a signal, so who waits looks again. */
export const LOOK_EVERY = 1;

/** Milliseconds a step may wait: 5000, or less so that it fails by itself before cexec gives up. */
export function patience(world) {
  return Math.max(0, Math.min(5000, world.timeLeft() - 500));
}

/** Looks at `condition`, which may be async, until it holds (true) or patience ends (false). */
export async function waitUntil(world, condition) {
  const end = performance.now() + patience(world);
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await sleep(LOOK_EVERY);
  }
  return true;
}

/** One piece of work that goes on while the case does: a step starts it, a later one ends it. */
export class Background {
  #work;
  #done = false;
  #problem;
  #stopping = false;

  /** Runs the async `work`, which calls pause() wherever it waits for another process. */
  start(work) {
    expect(!this.#work, 'this process already does something in the background');
    this.#done = false;
    this.#work = work()
      .catch((error) => {
        this.#problem = error;
      })
      .finally(() => {
        this.#done = true;
      });
  }

  async pause() {
    if (this.#stopping) throw new Error('the case is over');
    await sleep(LOOK_EVERY);
  }

  /** Waits for the work and passes on its error; fails with `problem` if it takes too long. */
  async finish(world, problem) {
    expect(this.#work, 'nothing was started in the background');
    expect(await waitUntil(world, () => this.#done), problem);
    this.#work = undefined;
    if (this.#problem) throw this.#problem;
  }

  async close() {
    this.#stopping = true;
    await this.#work;
  }
}
