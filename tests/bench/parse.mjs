// Our parser's speed, growth and memory beside their budgets, and its speed beside the official parser's, all
// measured in turns within one run. It asserts nothing. node parse.mjs BENCH_PARSE
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from '../oracle/modules.mjs';
import { FeatureFile } from './feature_file.mjs';

const { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } = await load('@cucumber/gherkin');

const program = resolve(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'cexec-bench-'));

function write(scenarios) {
  const file = join(folder, `${scenarios}.feature`);
  writeFileSync(file, new FeatureFile(scenarios).text(scenarios));
  return file;
}

/** In a process of its own each time, as a run of cexec parses. */
const own = (file) => JSON.parse(execFileSync(program, [file]));

/** From text to pickles in this process, as the package's own generateMessages does it. */
function official(text) {
  let id = 0;
  const newId = () => String(id++);
  const begin = process.hrtime.bigint();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  const scenarios = compile(document, 'x.feature', newId).length;
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  return { seconds, scenarios, bytes: Buffer.byteLength(text) };
}

const best = (results) => results.reduce((a, b) => (b.seconds < a.seconds ? b : a));
const perSecond = ({ seconds, scenarios }) => scenarios / seconds;
const megabytes = ({ seconds, bytes }) => bytes / seconds / 1e6;
const whole = (number) => Math.round(number).toLocaleString('en');

function printSpeed(name, result) {
  const file = `${whole(result.scenarios)} scenarios, ${(result.bytes / 1e6).toFixed(1)} MB`;
  const seconds = `${result.seconds.toFixed(3)} s`.padStart(9);
  const speed = `${whole(perSecond(result))} scenarios/s`.padStart(21);
  const bytes = `${megabytes(result).toFixed(1)} MB/s`.padStart(12);
  console.log(name.padEnd(18), file.padEnd(29), seconds, speed, bytes);
}

function printBudget(name, value, budget) {
  console.log(name.padEnd(50), value.padStart(9), ` (budget ${budget})`);
}

try {
  const [small, large] = [write(20_000), write(200_000)];
  const text = readFileSync(small, 'utf8');
  for (let i = 0; i < 3; ++i) official(text); // until the compiler has seen it all
  const theirs = [];
  const ours = [];
  const oursLarge = [];
  for (let turn = 0; turn < 4; ++turn) {
    theirs.push(official(text), official(text));
    for (let i = 0; i < 5; ++i) ours.push(own(small));
    oursLarge.push(own(large), own(large));
  }
  const [them, us, usLarge] = [best(theirs), best(ours), best(oursLarge)];
  if (them.scenarios !== us.scenarios) {
    throw new Error(`they make ${them.scenarios} pickles of the file, we make ${us.scenarios}`);
  }

  printSpeed('@cucumber/gherkin', them);
  printSpeed('cexec', us);
  printSpeed('cexec', usLarge);
  printBudget('scenarios/s, ours by theirs', (perSecond(us) / perSecond(them)).toFixed(1), '>= 5');
  for (const result of [us, usLarge]) {
    const count = whole(result.scenarios);
    printBudget(`scenarios/s, ${count}`, whole(perSecond(result)), '>= 300,000');
    printBudget(`MB/s, ${count}`, megabytes(result).toFixed(1), '>= 50');
    const times = (bytes) => (bytes / result.bytes).toFixed(2);
    printBudget(`memory by file, ${count}, mallinfo2 at the end`, times(result.kept), '<= 12');
    printBudget(`memory by file, ${count}, peak RSS`, times(result.peak), '<= 12');
  }
  printBudget('seconds for 200,000 by 10 x 20,000', (usLarge.seconds / us.seconds / 10).toFixed(2), 'near 1');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
