// One large feature file as people write them, the same on every machine.
import { randomFrom } from '../oracle/random.mjs';

const processes = ['writer', 'reader', 'observer', 'gateway'];
const actions = [
  'creates ring %n with 4 slots of 1024 bytes',
  'writes frame with size %n',
  'should read frame with size %n',
  'opens a connection to the other side',
  'should find the ring empty',
  'sends the message %t and waits for its answer',
  'should receive the message %t within 5 seconds',
  'closes its journal',
  'should report %n damaged records',
];
const texts = ["'hello'", "'ping 42'", "'Grüße, 世界'", "'a longer text, with a comma'", "'{}'"];
const subjects = [
  'A frame',
  'A journal',
  'The connection',
  'A full ring',
  'Every message',
  'A restarted reader',
];
const events = [
  'arrives as it was written',
  'is refused',
  'survives a crash',
  'is found again',
  'keeps its order',
];
const tags = [
  '@smoke',
  '@slow',
  '@priority:P0',
  '@priority:P1',
  '@timeout:5000',
  '@network',
  '@writer:python,cpp',
];

/** Most blocks are scenarios, some with arguments; one in five is an outline with several rows. */
export class FeatureFile {
  constructor(seed) {
    this.random = randomFrom(seed);
    this.lines = [];
  }

  /** The text of a feature that makes exactly `count` pickles. */
  text(count) {
    this.add('@generated @volume', 'Feature: Frames, journals and messages');
    this.add('  Between any two implementations.', '');
    this.add('  Background:', "    Given the 'writer' process starts", '');
    const perRule = 400;
    for (let made = 0, next = perRule; made < count;) {
      if (made >= next) {
        this.rule();
        next += perRule;
      }
      made += this.block(count - made);
    }
    return `${this.lines.join('\n')}\n`;
  }

  add(...lines) {
    this.lines.push(...lines);
  }

  rule() {
    this.add(`  Rule: ${this.title()}`, '', '    Background:', "      Given the 'reader' process starts", '');
  }

  title() {
    return `${this.random.pick(subjects)} ${this.random.pick(events)}`;
  }

  /** Gives the number of pickles that it makes. */
  block(most) {
    const { random } = this;
    if (random.chance(0.05)) this.add('  # Found in the field; see the notes on recovery.');
    if (random.chance(0.6)) this.add(`  ${random.list(1, 3, () => random.pick(tags)).join(' ')}`);
    return random.chance(0.2) ? this.outline(Math.min(most, 3 + random.below(6))) : this.scenario();
  }

  scenario() {
    this.add(`  Scenario: ${this.title()}`);
    if (this.random.chance(0.05)) this.add('    Of all that can go wrong, this did first.', '');
    this.steps((text) => text);
    this.add('');
    return 1;
  }

  outline(rows) {
    this.add(`  Scenario Outline: ${this.title()} with <size> bytes`);
    this.steps((text) => text.replace(/'\d+'/, "'<size>'").replace(/'hello'/, '<text>'));
    this.add('', '    Examples:', '      | size | text     |');
    for (let i = 0; i < rows; ++i) {
      this.add(`      | ${String(this.random.below(9999)).padEnd(4)} | 'ping ${i}' |`);
    }
    this.add('');
    return rows;
  }

  steps(change) {
    const { random } = this;
    const keywords = ['Given', 'When', 'And', 'Then', 'And', 'But'];
    random.list(3, 5, (i) => {
      const action = random.pick(actions);
      const filled = action.replace('%n', `'${random.below(4096)}'`).replace('%t', random.pick(texts));
      this.add(change(`    ${keywords[i]} the '${random.pick(processes)}' process ${filled}`));
      if (random.chance(0.04)) this.table();
      else if (random.chance(0.03)) this.docString();
    });
  }

  table() {
    this.add('      | offset | kind    | text         |');
    this.random.list(2, 5, (i) => {
      const offset = String(i * 512).padEnd(6);
      const kind = this.random.pick(['record ', 'padding']);
      this.add(`      | ${offset} | ${kind} | with \\| bar  |`);
    });
  }

  docString() {
    this.add('      """json');
    this.random.list(2, 5, (i) => this.add(`      {"record": ${i}, "payload": "${this.random.below(1e9)}"}`));
    this.add('      """');
  }
}
