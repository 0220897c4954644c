// The steps of features/ring: what a writer, a reader and an observer of a ring can be told.
// It must not know how a ring is laid out.
import { existsSync } from 'node:fs';

import { FormatError } from './bytes.mjs';
import { expect, expectEqual, StepFailure } from './cexec_kit.mjs';
import { exchangePath } from './exchange.mjs';
import { checkPattern, checkText, testPattern } from './payloads.mjs';
import { createRing, Ring, RingFull } from './ring.mjs';
import { Background, waitUntil } from './waiting.mjs';

const CRASHED = 3; // exit code of a writer that dies in the middle of a frame

const pathOf = (name) => exchangePath(name, '.ring');

/** The ring this process has open, and what it does with it in the background. */
class RingUse {
  openRing;
  discarded = 0;
  received = [];
  background = new Background();

  get ring() {
    expect(this.openRing, 'this process has no ring open');
    return this.openRing;
  }

  open(name) {
    this.openRing?.close();
    this.openRing = undefined;
    this.openRing = new Ring(pathOf(name));
    return this.openRing;
  }

  async close() {
    await this.background.close();
    this.openRing?.close();
  }
}

const use = (world) => world.state(RingUse);

// --- the writer ---

function create(world, name, slots, capacity) {
  createRing(pathOf(name), slots, capacity);
  use(world).open(name);
}

function openForWriting(world, name) {
  const ring = use(world).open(name);
  use(world).discarded = ring.recover();
  world.log(`next is frame ${ring.writeIndex + 1}, ${use(world).discarded} half frames discarded`);
}

async function writeSeveral(world, count, size) {
  const { ring } = use(world);
  for (let i = 0; i < count; i += 1) await ring.write(testPattern(size, ring.writeIndex + 1));
}

function startToWrite(world, count, size) {
  const { ring, background } = use(world);
  background.start(async () => {
    for (let i = 0; i < count; i += 1) {
      while (!(await ring.hasRoom())) await background.pause();
      await ring.write(testPattern(size, ring.writeIndex + 1));
    }
  });
}

async function dieWhileWriting(world, size) {
  const { ring } = use(world);
  await ring.writeHalf(testPattern(size, ring.writeIndex + 1));
  world.exitAfterReply(CRASHED);
}

async function shouldHaveWritten(world, count) {
  const { ring, background } = use(world);
  await background.finish(world, 'the writer still waits for room in the ring');
  expectEqual(ring.writeIndex, count, 'the number of frames written is wrong');
}

async function shouldHaveNoRoom(world) {
  const { ring } = use(world);
  try {
    await ring.write(Buffer.from('one too many'));
  } catch (error) {
    if (!(error instanceof RingFull)) throw error;
    world.log(error.message);
    return;
  }
  throw new StepFailure(`frame ${ring.writeIndex} still found room`, {
    expected: 'a full ring',
    actual: `${await ring.waiting()} of ${ring.slots} slots in use`,
  });
}

function addWriterSteps(server) {
  server.step('creates ring {string} with {int} slot(s) of {int} byte(s)', create);
  server.step('opens ring {string} for writing', openForWriting);
  server.step("writes frame with size '{int}'", (world, size) => writeSeveral(world, 1, size));
  server.step("writes {int} frame(s) with size '{int}'", writeSeveral);
  server.step('writes text {string}', (world, text) => use(world).ring.write(Buffer.from(text)));
  server.step('writes the text:', (world) => use(world).ring.write(Buffer.from(world.text())));
  server.step("starts to write {int} frame(s) with size '{int}'", startToWrite);
  server.step("dies while writing frame with size '{int}'", dieWhileWriting);
  server.step('damages frame {int}', (world, sequence) => use(world).ring.damage(sequence));
  server.step('should have written {int} frame(s)', shouldHaveWritten);
  server.step('should have no room for another frame', shouldHaveNoRoom);
  server.step('should have discarded {int} half frame(s)', (world, count) => {
    expectEqual(use(world).discarded, count, 'the number of half frames discarded is wrong');
  });
}

// --- the reader ---

function waitForFrames(world, count, name) {
  const mine = use(world);
  const path = pathOf(name);
  mine.background.start(async () => {
    while (!existsSync(path)) await mine.background.pause();
    const ring = mine.open(name);
    while (mine.received.length < count) {
      const frame = await ring.read();
      if (frame) mine.received.push(frame);
      else await mine.background.pause();
    }
  });
}

async function shouldHaveReceived(world, count, size) {
  const { background, received } = use(world);
  await background.finish(world, `the reader still waits for frame ${count}`);
  expectEqual(received.length, count, 'the number of frames received is wrong');
  for (const { sequence, payload } of received)
    checkPattern(payload, size, sequence, `frame ${sequence}`);
}

async function nextFrame(world) {
  const { ring } = use(world);
  const frame = await ring.read();
  expect(frame, `the ring is empty: frame ${ring.readIndex + 1} has not been written`);
  return frame;
}

async function readSeveral(world, count, size) {
  for (let i = 0; i < count; i += 1) {
    const { sequence, payload } = await nextFrame(world);
    checkPattern(payload, size, sequence, `frame ${sequence}`);
  }
}

async function readAsTheyCome(world, count, size) {
  const { ring } = use(world);
  for (let i = 0; i < count; i += 1) {
    const came = await waitUntil(world, () => ring.waiting());
    expect(came, `frame ${ring.readIndex + 1} did not come`);
    await readSeveral(world, 1, size);
  }
}

async function readText(world, text) {
  const { sequence, payload } = await nextFrame(world);
  checkText(payload, text, `frame ${sequence}`);
}

async function shouldFindDamage(world, sequence, kind) {
  const { ring } = use(world);
  expectEqual(ring.readIndex + 1, sequence, 'another frame is the next to be read');
  try {
    await ring.read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    world.log(error.message);
    expectEqual(error.kind, kind, `frame ${sequence} is damaged in another way: ${error.message}`);
    return;
  }
  throw new StepFailure(`frame ${sequence} shows no damage`, {
    expected: kind,
    actual: 'an intact frame',
  });
}

function shouldSeeHalfFrame(world, sequence) {
  const { ring } = use(world);
  expectEqual(ring.writeIndex, sequence, 'another frame is the last complete one');
  expect(ring.hasHalfFrame(), `no frame was begun behind frame ${sequence}`);
}

function addReaderSteps(server) {
  server.step('opens ring {string} for reading', (world, name) => {
    use(world).open(name);
  });
  server.step('waits for {int} frame(s) from ring {string}', waitForFrames);
  server.step("should have received {int} frame(s) with size '{int}'", shouldHaveReceived);
  server.step("(should )read(s) frame with size '{int}'", (world, size) =>
    readSeveral(world, 1, size),
  );
  server.step("(should )read(s) {int} frame(s) with size '{int}'", readSeveral);
  server.step("(should )read(s) {int} frame(s) with size '{int}' as they come", readAsTheyCome);
  server.step('(should )read(s) text {string}', readText);
  server.step('(should )read(s) the text:', (world) => readText(world, world.text()));
  server.step('should find the ring empty', async (world) => {
    expectEqual(await use(world).ring.waiting(), 0, 'the ring is not empty: frames wait in it');
  });
  server.step('should find frame {int} damaged: {string}', shouldFindDamage);
  server.step('should see half a frame behind frame {int}', shouldSeeHalfFrame);
}

// --- an observer ---

async function shouldSeeOverwritten(world, sequence) {
  try {
    await use(world).ring.look(sequence);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expectEqual(error.kind, 'overwritten', `frame ${sequence} is damaged: ${error.message}`);
    return;
  }
  throw new StepFailure(`frame ${sequence} is still in the ring`);
}

function addObserverSteps(server) {
  server.step('observes ring {string}', (world, name) => {
    use(world).open(name);
  });
  server.step('should see {int} frame(s) waiting', async (world, count) => {
    expectEqual(await use(world).ring.waiting(), count, 'the number of frames waiting is wrong');
  });
  server.step('should see frame {int} with text {string}', async (world, sequence, text) => {
    checkText(await use(world).ring.look(sequence), text, `frame ${sequence}`);
  });
  server.step('should see that frame {int} was overwritten', shouldSeeOverwritten);
}

export function addRingSteps(server) {
  addWriterSteps(server);
  addReaderSteps(server);
  addObserverSteps(server);
}
