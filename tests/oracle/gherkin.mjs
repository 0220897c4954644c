// Holds `cexec gherkin` to the official parser: over the features of this project, over hard cases written by
// hand, and over generated files. node gherkin.mjs CEXEC [COUNT [SEED]]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { damage, Generator } from './generate.mjs';
import { languages, messagesOf, tokensOf } from './official.mjs';
import { randomFrom } from './random.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const [named, count = '20000', seed = '1'] = process.argv.slice(2);
const program = resolve(named);
const folder = mkdtempSync(join(tmpdir(), 'cexec-oracle-'));
const chunkSize = 400;

/** Exit code 2 says that some file was not valid; anything else but 0 is a crash. */
function cexec(options, files) {
  const run = spawnSync(program, ['gherkin', ...options, ...files], { cwd: folder, maxBuffer: 1 << 30 });
  if (run.status === 0 || run.status === 2) return run.stdout.toString('utf8');
  throw new Error(
    `cexec gherkin ended with ${run.status ?? run.signal} on ${files.length} files: ${run.stderr}`,
  );
}

const isId = (key) => key === 'id' || key === 'astNodeId';

/** The same envelopes with ids that count from 0: they go on from file to file. */
function renumbered(envelopes) {
  const ids = [];
  JSON.stringify(envelopes, (key, value) => (isId(key) && ids.push(Number(value)), value));
  const first = Math.min(...ids);
  const shift = (id) => String(Number(id) - first);
  return JSON.parse(JSON.stringify(envelopes), (key, value) =>
    isId(key) ? shift(value) : key === 'astNodeIds' ? value.map(shift) : value,
  );
}

function uriOf(envelope) {
  const [content] = Object.values(envelope);
  return content.uri ?? content.source.uri;
}

/** What cexec makes of the files: a map from their names to their envelopes. */
function ownMessages(files) {
  const byFile = new Map(files.map((file) => [file, []]));
  const output = cexec(['--source', '--ast', '--pickles', '--predictable-ids'], files);
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const envelope = JSON.parse(line);
    byFile.get(uriOf(envelope)).push(envelope);
  }
  for (const [file, envelopes] of byFile) byFile.set(file, renumbered(envelopes));
  return byFile;
}

const isValid = (envelopes) => !envelopes.some((envelope) => envelope.parseError);

/** Nothing if both agree about the text; else what each makes of it. */
function difference(text) {
  writeFileSync(join(folder, 'one.feature'), text);
  const decoded = readFileSync(join(folder, 'one.feature'), 'utf8');
  const official = messagesOf('one.feature', decoded);
  const own = ownMessages(['one.feature']).get('one.feature');
  if (!isDeepStrictEqual(own, official)) return { official, own };
  if (!isValid(official)) return undefined;
  const tokens = { official: tokensOf(decoded), own: cexec(['--tokens'], ['one.feature']) };
  return tokens.official === tokens.own ? undefined : tokens;
}

/** Takes away pieces for as long as a difference stays. */
function minimized(text) {
  let best = text;
  for (const split of ['\n', '']) {
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      let parts = split === '' ? [...best] : best.split(split);
      if (size > parts.length) continue;
      for (let at = 0; at < parts.length;) {
        const shorter = [...parts.slice(0, at), ...parts.slice(at + size)];
        if (difference(shorter.join(split))) parts = shorter;
        else at += size;
      }
      best = parts.join(split);
    }
  }
  return best;
}

function report(name, text) {
  const example = minimized(text);
  const { official, own } = difference(example);
  const isList = Array.isArray(official);
  const first = isList ? official.findIndex((envelope, i) => !isDeepStrictEqual(envelope, own[i])) : -1;
  const part = (made) => JSON.stringify(first < 0 ? made : made[first]);
  console.error(`${name} differs; minimized:\n${JSON.stringify(example)}`);
  console.error(`official: ${part(official)}\ncexec:    ${part(own)}\n`);
}

const totals = { valid: 0, invalid: 0, differences: 0 };

function compareTokens(files) {
  if (files.length === 0) return;
  const own = cexec(
    ['--tokens'],
    files.map(({ name }) => name),
  );
  if (own === files.map(({ text }) => tokensOf(text)).join('')) return;
  for (const { name, text } of files) {
    if (cexec(['--tokens'], [name]) === tokensOf(text)) continue;
    totals.differences += 1;
    report(name, text);
    return;
  }
}

/** `files`: name below the folder, and text. */
function compare(files) {
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const own = ownMessages(files.map(({ name }) => name));
  const valid = [];
  for (const file of files) {
    const text = readFileSync(join(folder, file.name), 'utf8');
    const official = messagesOf(file.name, text);
    if (isValid(official)) valid.push({ ...file, text });
    totals[isValid(official) ? 'valid' : 'invalid'] += 1;
    if (isDeepStrictEqual(own.get(file.name), official)) continue;
    totals.differences += 1;
    if (totals.differences <= 5) report(file.name, file.text);
  }
  compareTokens(valid);
}

function featuresBelow(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? featuresBelow(join(path, entry.name))
      : entry.name.endsWith('.feature')
        ? [join(path, entry.name)]
        : [],
  );
}

/** Files of people, by hand. Bytes, not text: some are no UTF-8. */
function compareFolder(path) {
  const files = featuresBelow(path).map((file, i) => ({ name: `${i}.feature`, text: readFileSync(file) }));
  compare(files);
  return files.length;
}

/** A file for each language that uses every one of its keywords once. */
function keywordFiles() {
  return Object.entries(languages)
    .map(([language, words]) => {
      const steps = ['given', 'when', 'then', 'and', 'but']
        .flatMap((kind) => words[kind])
        .map((word) => `${word}x\n`);
      const scenarios = [...words.scenario, ...words.scenarioOutline].map(
        (word) => `${word}: s\n${steps.join('')}`,
      );
      const examples = words.examples.map((word) => `${word}: e\n| a |\n| 1 |\n`).join('');
      const blocks = `${words.background[0]}: b\n${steps.join('')}${scenarios.join('')}${examples}`;
      const rules = words.rule
        .map((word) => `${word}: r\n${words.background.at(-1)}: b\n${scenarios[0]}`)
        .join('');
      const text = words.feature.map((word) => `# language: ${language}\n${word}: f\n${blocks}${rules}`);
      return text.map((content, i) => ({ name: `language-${language}-${i}.feature`, text: content }));
    })
    .flat();
}

/** The table itself: a keyword too many would show in no file that the other parser takes. */
function compareTable() {
  const source = readFileSync(join(root, 'executor', 'gherkin', 'languages.inc'), 'utf8');
  const own = [...source.matchAll(/\{\.language = "([^"]+)",([^}]*)\}/g)].map(([, language, lists]) => [
    language,
    ...[...lists.matchAll(/= "([^"]*)"/g)].map(([, list]) => list),
  ]);
  const official = Object.keys(languages)
    .sort()
    .map((language) => {
      const { feature, background, rule, scenario, scenarioOutline, examples, given, when, then, and, but } =
        languages[language];
      const lists = [
        feature,
        background,
        rule,
        scenario,
        scenarioOutline,
        examples,
        given,
        when,
        then,
        and,
        but,
      ];
      return [language, ...lists.map((list) => list.join('|'))];
    });
  if (isDeepStrictEqual(own, official)) return;
  totals.differences += 1;
  const wrong = official.find((entry, i) => !isDeepStrictEqual(entry, own[i]));
  console.error(`executor/gherkin/languages.inc differs from the official table at ${JSON.stringify(wrong)}`);
}

function generated(from, to) {
  const files = [];
  for (let i = from; i < to; ++i) {
    const random = randomFrom(Number(seed) * 1_000_003 + i);
    const text = new Generator(random).file();
    files.push({ name: `generated-${i}.feature`, text: i % 2 === 0 ? text : damage(text, random) });
  }
  return files;
}

try {
  mkdirSync(folder, { recursive: true });
  compareTable();
  const given = compareFolder(join(root, 'features')) + compareFolder(join(here, 'hard'));
  const extra = process.env.CEXEC_ORACLE_FEATURES ? compareFolder(process.env.CEXEC_ORACLE_FEATURES) : 0;
  compare(keywordFiles());
  for (let at = 0; at < Number(count); at += chunkSize) {
    const files = generated(at, Math.min(at + chunkSize, Number(count)));
    compare(files);
    for (const { name } of files) rmSync(join(folder, name));
  }
  console.log(
    `gherkin: ${given + extra} files of people, ${Object.keys(languages).length} languages, ${count} generated; ` +
      `${totals.valid} valid, ${totals.invalid} invalid, ${totals.differences} differences`,
  );
  process.exitCode = totals.differences === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
