// Holds the Node kit and formats to the tables that all languages share.
// It must not know what the other languages answer: expressions.json and vectors.json say it for all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { Expression, StepFailure } from '../../images/node/cexec_kit.mjs';
import { createJournal, JournalWriter, readJournal } from '../../images/node/journal.mjs';
import { createRing, Ring } from '../../images/node/ring.mjs';
import { packFrame, packHello } from '../../images/node/wire.mjs';

const failures = [];
let checks = 0;

function check(what, actual, expected) {
  checks += 1;
  if (!isDeepStrictEqual(actual, expected)) {
    failures.push(
      `${what}\n    expected ${JSON.stringify(expected)}\n    actual   ${JSON.stringify(actual)}`,
    );
  }
}

function table(name) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

function foundIn(pattern, text) {
  try {
    return { arguments: new Expression(pattern).match(text) ?? null };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { error: error.message };
  }
}

function checkExpressions({ matches, invalid }) {
  for (const { pattern, text, error, ...expected } of matches) {
    const found = foundIn(pattern, text);
    const what = `pattern <${pattern}> on <${text}>`;
    if (error) check(what, found.error?.includes(error), true);
    else check(what, found, expected);
  }
  for (const { pattern, invalid: problem } of invalid) {
    let found = 'accepted';
    try {
      new Expression(pattern);
    } catch (error) {
      found = error.message.includes(problem) ? problem : error.message;
    }
    check(`pattern <${pattern}>`, found, problem);
  }
}

async function checkRing(vector, folder) {
  const path = join(folder, 'vector.ring');
  createRing(path, vector.slots, vector.capacity);
  const ring = new Ring(path);
  for (const [operation, text] of vector.operations) {
    if (operation === 'write') await ring.write(Buffer.from(text));
    else check('ring read', (await ring.read()).payload.toString(), text);
  }
  check('ring file', readFileSync(path, 'hex'), vector.hex.join(''));
  for (const text of vector.then_read)
    check('ring, then read', (await ring.read()).payload.toString(), text);
  check('ring, at last', await ring.read(), undefined);
  ring.close();
}

function checkWire({ hello, frames }) {
  check('wire hello', packHello(hello.limit).toString('hex'), hello.hex);
  for (const { name, type, sequence, payload, hex } of frames) {
    check(
      `wire ${name}`,
      packFrame(type, sequence, Buffer.from(payload, 'hex')).toString('hex'),
      hex,
    );
  }
}

function checkJournal(vector, folder) {
  const path = join(folder, 'vector.journal');
  createJournal(path);
  const writer = new JournalWriter(path);
  for (const { kind, payload } of vector.records) writer.append(kind, Buffer.from(payload));
  writer.close();
  check('journal file', readFileSync(path, 'hex'), vector.hex.join(''));
  const { records, damage } = readJournal(path);
  const read = records.map(({ kind, payload }) => ({ kind, payload: payload.toString() }));
  check('journal, read', { records: read, damage }, { records: vector.records, damage: undefined });
}

const vectors = table('vectors.json');
checkExpressions(table('expressions.json'));
const folder = mkdtempSync(join(tmpdir(), 'kit-test-'));
try {
  await checkRing(vectors.ring, folder);
  checkJournal(vectors.journal, folder);
} finally {
  rmSync(folder, { recursive: true });
}
checkWire(vectors.wire);
for (const failure of failures) console.log(`FAIL  ${failure}`);
console.log(`node: ${checks} checks, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
