// The steps of features/journal: what a writer and a reader of a journal can be told.
// It must not know how a journal is laid out.
import { existsSync } from 'node:fs';

import { expect, expectEqual } from './cexec_kit.mjs';
import { exchangePath } from './exchange.mjs';
import { createJournal, damageRecord, JournalWriter, KINDS, readJournal } from './journal.mjs';
import { checkPattern, checkText, testPattern } from './payloads.mjs';
import { Background } from './waiting.mjs';

const CRASHED = 3; // exit code of a writer that dies in the middle of a record
const KIND_OF_MEDIA_TYPE = { undefined: 'text', 'text/plain': 'text', 'application/json': 'json' };

const pathOf = (name) => exchangePath(name, '.journal');

/** The journal this process writes, or what it read from one. */
class JournalUse {
  openWriter;
  readContents;
  background = new Background();

  get writer() {
    expect(this.openWriter, 'this process has no journal open for appending');
    return this.openWriter;
  }

  get contents() {
    expect(this.readContents, 'this process has read no journal');
    return this.readContents;
  }

  open(name) {
    this.openWriter?.close();
    this.openWriter = undefined;
    this.openWriter = new JournalWriter(pathOf(name));
    return this.openWriter;
  }

  record(number) {
    const { records } = this.contents;
    expect(records[number - 1], `there is no record ${number}, only ${records.length}`);
    return records[number - 1];
  }

  async close() {
    await this.background.close();
    this.openWriter?.close();
  }
}

const use = (world) => world.state(JournalUse);

function kindNamed(name) {
  expect(
    Object.hasOwn(KINDS, name),
    `'${name}' is no kind of record: ${Object.keys(KINDS).join(', ')}`,
  );
  return KINDS[name];
}

/** The kind of record that the doc string's media type stands for. */
function documentKind(world) {
  world.text();
  const { mediaType } = world.docString;
  expect(
    Object.hasOwn(KIND_OF_MEDIA_TYPE, mediaType),
    `no kind of record stands for media type ${mediaType}`,
  );
  return KINDS[KIND_OF_MEDIA_TYPE[mediaType]];
}

function checkKind(record, expected) {
  const name = (kind) =>
    Object.keys(KINDS).find((known) => KINDS[known] === kind) ?? `kind ${kind}`;
  expectEqual(name(record.kind), name(expected), `record ${record.sequence} is of the wrong kind`);
}

// --- the writer ---

function create(world, name) {
  createJournal(pathOf(name));
  use(world).open(name);
}

function openForAppending(world, name) {
  const writer = use(world).open(name);
  world.log(`next is record ${writer.nextSequence}, ${writer.cutOff} bytes cut off`);
}

function appendSeveral(world, count, size) {
  const { writer } = use(world);
  for (let i = 0; i < count; i += 1)
    writer.append(KINDS.bytes, testPattern(size, writer.nextSequence));
}

function appendTable(world) {
  for (const { kind, payload } of world.rows())
    use(world).writer.append(kindNamed(kind), Buffer.from(payload));
}

function dieWhileAppending(world, size) {
  const { writer } = use(world);
  writer.appendHalf(KINDS.bytes, testPattern(size, writer.nextSequence));
  process.exit(CRASHED); // in the middle of the step: no reply, no clean-up
}

function addWriterSteps(server) {
  server.step('creates journal {string}', create);
  server.step('opens journal {string} for appending', openForAppending);
  server.step('appends text {string}', (world, text) => {
    use(world).writer.append(KINDS.text, Buffer.from(text));
  });
  server.step("appends {int} record(s) with size '{int}'", appendSeveral);
  server.step('appends the records:', appendTable);
  server.step('appends the document:', (world) => {
    use(world).writer.append(documentKind(world), Buffer.from(world.text()));
  });
  server.step("dies while appending record with size '{int}'", dieWhileAppending);
  server.step('damages record {int} of journal {string}', (_world, number, name) =>
    damageRecord(pathOf(name), number),
  );
  server.step('should have cut off {int} byte(s)', (world, count) => {
    expectEqual(use(world).writer.cutOff, count, 'the number of bytes cut off is wrong');
  });
}

// --- the reader ---

function read(world, name) {
  const contents = readJournal(pathOf(name));
  use(world).readContents = contents;
  if (contents.damage) world.log(contents.damage.message, 'warn');
}

function follow(world, name, count) {
  const mine = use(world);
  const path = pathOf(name);
  mine.background.start(async () => {
    while (!existsSync(path)) await mine.background.pause();
    for (;;) {
      const contents = readJournal(path);
      // Torn: the writer is still at it.
      if (contents.damage && contents.damage.kind !== 'torn') throw contents.damage;
      if (contents.records.length >= count) {
        mine.readContents = contents;
        return;
      }
      await mine.background.pause();
    }
  });
}

async function shouldHaveFollowed(world, count, size) {
  const mine = use(world);
  await mine.background.finish(world, `the reader still waits for record ${count}`);
  expectEqual(mine.contents.records.length, count, 'the number of records is wrong');
  for (const { sequence, payload } of mine.contents.records) {
    checkPattern(payload, size, sequence, `record ${sequence}`);
  }
}

function shouldFindNoDamage(world, count) {
  const { damage, records } = use(world).contents;
  if (damage) throw damage;
  expectEqual(records.length, count, 'the number of good records is wrong');
}

function shouldFindDamage(world, count, offset, kind) {
  const { damage, records, end } = use(world).contents;
  expectEqual(records.length, count, 'the number of good records is wrong');
  expect(damage, 'the journal shows no damage');
  expectEqual(end, offset, 'the damage begins somewhere else');
  expectEqual(damage.kind, kind, `it is damaged in another way: ${damage.message}`);
}

function shouldFindText(world, text, number) {
  const record = use(world).record(number);
  checkKind(record, KINDS.text);
  checkText(record.payload, text, `record ${number}`);
}

function shouldFindSize(world, size, number) {
  const record = use(world).record(number);
  checkKind(record, KINDS.bytes);
  checkPattern(record.payload, size, number, `record ${number}`);
}

function shouldFindTable(world) {
  const rows = world.rows();
  shouldFindNoDamage(world, rows.length);
  rows.forEach(({ kind, payload }, i) => {
    const record = use(world).record(i + 1);
    checkKind(record, kindNamed(kind));
    checkText(record.payload, payload, `record ${i + 1}`);
  });
}

function shouldFindDocument(world, number) {
  const record = use(world).record(number);
  checkKind(record, documentKind(world));
  checkText(record.payload, world.text(), `record ${number}`);
}

function addReaderSteps(server) {
  server.step('reads journal {string}', read);
  server.step('follows journal {string} until record {int}', follow);
  server.step("should have followed {int} record(s) with size '{int}'", shouldHaveFollowed);
  server.step('should find {int} record(s) and no damage', shouldFindNoDamage);
  server.step('should find {int} record(s) and damage at byte {int}: {string}', shouldFindDamage);
  server.step('should find text {string} in record {int}', shouldFindText);
  server.step("should find size '{int}' in record {int}", shouldFindSize);
  server.step('should find the records:', shouldFindTable);
  server.step('should find the document in record {int}:', shouldFindDocument);
}

export function addJournalSteps(server) {
  addWriterSteps(server);
  addReaderSteps(server);
}
