// What the reporters write, held against what others wrote: the schemas of Cucumber Messages and the formatters
// that render them (npm), and the XML schemas of Surefire and Jenkins (schemas/, with xmllint).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = process.env.CEXEC_REPORT_MODULES;
const require = createRequire(join(modules, 'x.js'));
const scratch = mkdtempSync(join(tmpdir(), 'cexec-golden-'));
let passed = 0, failed = 0;

function check(name, problem) {
  if (problem) console.log(`FAILED ${name}: ${problem}`);
  problem ? failed++ : passed++;
}
function xmllint(...words) {
  try {
    execFileSync('xmllint', ['--nonet', '--noout', ...words], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return error.code === 'ENOENT' ? 'xmllint is missing (Debian: libxml2-utils)' : error.stderr.toString().slice(0, 2000);
  }
}

/** Surefire knows single suites, which are the files that it writes. */
function suitesOf(file) {
  const count = Number(execFileSync('xmllint', ['--xpath', 'count(/testsuites/testsuite)', file]).toString());
  return Array.from({ length: count }, (_, i) => {
    const text = execFileSync('xmllint', ['--xpath', `/testsuites/testsuite[${i + 1}]`, file]);
    const part = join(scratch, `suite-${i}.xml`);
    writeFileSync(part, text);
    return part;
  });
}

function checkJunit(file) {
  const path = join(here, 'reports', file);
  check(`${file}: Jenkins`, xmllint('--schema', join(here, 'schemas/junit-10.xsd'), path));
  for (const suite of suitesOf(path)) {
    check(`${file}: Surefire, ${suite}`, xmllint('--schema', join(here, 'schemas/surefire-test-report.xsd'), suite));
  }
}

function messagesOf(file) {
  return readFileSync(join(here, 'reports', file), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
}

/** Runs envelopes through an official formatter. */
async function render(formatter, envelopes) {
  if (typeof formatter === 'function') {
    const stream = new formatter();
    let text = '';
    stream.on('data', (part) => { text += part; });
    const end = new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
    Readable.from(envelopes).pipe(stream);
    await end;
    return text;
  }
  let text = '';
  let take;
  formatter.formatter({
    on: (event, handler) => { take = handler; },
    write: (part) => { text += part; },
    options: {},
    log: () => {},
  });
  for (const envelope of envelopes) take(envelope);
  return text;
}

async function checkMessages(file, expected) {
  const envelopes = messagesOf(file);
  const { default: Ajv } = await import(join(modules, 'ajv/dist/2020.js'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(readFileSync(join(modules, '@cucumber/messages/messages.schema.json'), 'utf8')));
  envelopes.forEach((envelope, i) => {
    check(`${file}:${i + 1}: schema`, validate(envelope) ? '' : JSON.stringify(validate.errors).slice(0, 500));
  });
  const html = await render((await import(join(modules, '@cucumber/html-formatter/dist/src/index.js'))).CucumberHtmlStream, envelopes);
  check(`${file}: HTML formatter`, html.includes(expected) ? '' : `'${expected}' is not in its page`);
  const junit = require('@cucumber/junit-xml-formatter');
  const xml = await render(junit.default ?? junit, envelopes);
  const cases = envelopes.filter((envelope) => envelope.testCase).length;
  const found = (xml.match(/<testcase /g) ?? []).length;
  check(`${file}: JUnit formatter`, found === cases ? '' : `${found} testcases of ${cases}: ${xml.slice(0, 500)}`);
  check(`${file}: JUnit formatter's names`, xml.includes('reader=cpp') ? '' : 'no combination in any');
}

try {
  checkJunit('junit.xml');
  checkJunit('killed_junit.xml');
  checkJunit('leaking_junit.xml');
  checkJunit('hostile_junit.xml');
  await checkMessages('messages.ndjson', 'Frames arrive in order [writer=python reader=cpp]');
  await checkMessages('leaking_messages.ndjson', 'Frames arrive in order [writer=python reader=cpp]');
  await checkMessages('killed_messages.ndjson', 'the run ended before this case began');
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
