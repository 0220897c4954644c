// Compares the events of two runs of the same plan: the order of results, each outcome, each step, and what is
// known of each instance. Times, sizes and ids that a run gives are left out, and so is how far a flood came.
//
//     node same_evidence.mjs A/events.jsonl B/events.jsonl [CONSOLE_A CONSOLE_B]
import { readFileSync } from "node:fs";

const [fileA, fileB, consoleA, consoleB] = process.argv.slice(2);

/// What differs between any two runs.
const plain = (text) =>
  String(text)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "RUN")
    .replace(/\b\d+(\.\d+)?\s?(ms|s|m|bytes|KiB|MiB|GiB)\b/g, "N")
    .replace(/\b[0-9a-f]{12,64}\b/g, "ID")
    .replace(/wrote \d+/g, "wrote N")
    // A server that is slow to get ready is asked for its health once more.
    .replace(/"id(\\*)": ?\d+/g, '"id$1": N')
    .replace(/\bto id \d+/g, "to id N")
    // Whether an exit is seen before the request or in the place of its answer is the server's own doing.
    .replace(", before it answered `shutdown`", "");

const outcome = ({ is, ...rest }) => [is, plain(JSON.stringify(rest, (key, value) => (key.endsWith("Ms") ? 0 : value)))];

/// A stream that was cut keeps its last lines, and which those are depends on the moment.
const linesOf = (instance) =>
  instance.omittedBytes > 0 || instance.lines.length > 30 || instance.lines.some(({ text }) => text.length > 1024)
    ? ["flood"]
    : instance.lines.map(({ source, text }) => `${source}: ${plain(text)}`);

const instanceOf = (instance) => ({
  process: instance.process,
  platform: instance.platform,
  imageId: instance.imageId,
  endedBy: instance.endedBy,
  exitCode: instance.exitCode,
  oomKilled: instance.oomKilled,
  // Lines of different streams come in no order of their own, and a killed server's last ones by chance.
  lines: [...new Set(linesOf(instance))].sort(),
});

const caseOf = ({ report }) => ({
  id: report.id,
  outcome: outcome(report.outcome),
  culprit: [report.culpritStep, report.culpritProcess],
  steps: report.steps.map((step) => [step.text, outcome(step.outcome)]),
  instances: report.instances.map(instanceOf),
  warnings: (report.warnings ?? []).map(plain),
});

const casesOf = (file) => {
  const cases = new Map();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    const event = JSON.parse(line);
    if (event.event === "caseFinished") cases.set(event.index, caseOf(event));
  }
  return cases;
};

/// The ids in the order in which the console shows their results.
const orderOf = (file) => readFileSync(file, "utf8").match(/\S+\.feature:\d+( \S+=\S+)*/g);

let differences = 0;
const differ = (what, a, b) => {
  differences += 1;
  const shown = (value) => JSON.stringify(value)?.slice(0, 1000);
  console.log(`${what}\n  A ${shown(a)}\n  B ${shown(b)}`);
};

const [a, b] = [casesOf(fileA), casesOf(fileB)];
if (a.size === 0 || a.size !== b.size) differ("number of cases", a.size, b.size);
for (const [index, one] of a) {
  const other = b.get(index) ?? {};
  for (const key of Object.keys(one)) {
    if (JSON.stringify(one[key]) !== JSON.stringify(other[key])) differ(`${one.id}: ${key}`, one[key], other[key]);
  }
}
if (consoleA !== undefined) {
  const [first, second] = [orderOf(consoleA), orderOf(consoleB)];
  if (JSON.stringify(first) !== JSON.stringify(second)) differ("order on the console", first, second);
}
console.log(`${a.size} cases, ${differences} differences`);
process.exit(differences === 0 ? 0 : 1);
