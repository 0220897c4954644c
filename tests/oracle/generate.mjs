// Feature files out of thin air: valid ones that use all of the grammar, and damaged ones.
import { languages } from './official.mjs';

const codes = Object.keys(languages);
const spaces = ['', ' ', '  ', '    ', '\t', '\u00a0', '\u3000', '  \t'];
const words = [
  'frame',
  'size',
  '1024',
  "'writer'",
  '<a>',
  '<b>',
  '<c d>',
  '<',
  '>',
  '<e>',
  'é',
  'größe',
  '数',
  '😀',
  '🙈🙉',
  '#',
  '@x',
  '\\',
  '\\n',
  '|',
  '"""',
  '```',
  '$&',
  '$1',
  'a\u0301',
  '…',
  ':',
  'Given',
  'Scenario:',
  '"',
  '\u200b',
  '\u0085',
  '%s',
  '*',
];
const tags = [
  '@a',
  '@b',
  '@slow',
  '@x:1',
  '@timeout:5000',
  '@ü',
  '@😀',
  '@#x',
  '@a,b',
  '@(x)',
  '@@',
  '@d-e_f.g',
];
const columns = ['a', 'b', 'c d', 'e', '$', 'a|b', ''];

/** One valid file. */
export class Generator {
  constructor(random) {
    this.random = random;
  }

  file() {
    const { random } = this;
    const language = random.chance(0.5) ? 'en' : random.pick(codes);
    this.dialect = languages[language];
    this.lines = [];
    this.noise(0.3);
    if (language !== 'en' || random.chance(0.1)) this.languageLine(language);
    this.feature();
    const end = random.pick(['\n', '\n', '\n', '\r\n']);
    const mixed = random.chance(0.05);
    const text = this.lines.map((line) => line + (mixed ? random.pick(['\n', '\r\n']) : end)).join('');
    const cut = random.chance(0.1) ? text.replace(/\r?\n$/, '') : text;
    return (random.chance(0.05) ? '\ufeff' : '') + cut;
  }

  add(text) {
    this.lines.push(
      this.random.pick(spaces) + text + (this.random.chance(0.1) ? this.random.pick(spaces) : ''),
    );
  }

  languageLine(language) {
    const space = () => this.random.pick(['', ' ', '  ', '\t']);
    this.add(`#${space()}language${space()}:${space()}${language}`);
  }

  /** Empty lines and comments, which may stand nearly everywhere. */
  noise(share = 0.15) {
    while (this.random.chance(share)) {
      if (this.random.chance(0.5)) this.lines.push(this.random.pick(spaces));
      else this.add(`#${this.text()}`);
    }
  }

  text(most = 5) {
    return this.random
      .list(0, most, () => this.random.pick(words))
      .join(this.random.pick([' ', ' ', '  ', '']));
  }

  title(keywords) {
    this.add(`${this.random.pick(keywords)}:${this.random.pick(['', ' ', '  '])}${this.text()}`);
    if (this.random.chance(0.25)) this.description();
  }

  description() {
    this.random.list(1, 4, () => {
      if (this.random.chance(0.2)) this.lines.push(this.random.pick(spaces));
      else if (this.random.chance(0.2)) this.add(`# ${this.text()}`);
      else this.add(`so that ${this.text()}`);
    });
  }

  tagLines(share) {
    while (this.random.chance(share)) {
      const line = this.random
        .list(1, 3, () => this.random.pick(tags))
        .join(this.random.pick([' ', '  ', '']));
      this.add(line + (this.random.chance(0.15) ? ` #${this.text()}` : ''));
      this.noise(0.1);
    }
  }

  feature() {
    this.tagLines(0.3);
    this.title(this.dialect.feature);
    this.noise();
    this.background();
    this.random.list(0, 3, () => this.scenario());
    if (this.random.chance(0.25)) this.random.list(1, 2, () => this.rule());
  }

  rule() {
    this.tagLines(0.2);
    this.title(this.dialect.rule);
    this.noise();
    this.background();
    this.random.list(0, 2, () => this.scenario());
  }

  background() {
    if (!this.random.chance(0.3)) return;
    this.title(this.dialect.background);
    this.noise();
    this.random.list(0, 2, () => this.step());
  }

  scenario() {
    this.tagLines(0.3);
    this.title(this.random.chance(0.5) ? this.dialect.scenario : this.dialect.scenarioOutline);
    this.noise();
    this.random.list(0, 4, () => this.step());
    if (this.random.chance(0.4)) this.random.list(1, 3, () => this.examples());
  }

  examples() {
    this.tagLines(0.3);
    this.title(this.dialect.examples);
    this.noise();
    if (this.random.chance(0.1)) return;
    const names = this.random.list(1, 4, (i) => columns[(i + this.random.below(2)) % columns.length]);
    this.row(names.map((name) => name.replace(/\|/g, '\\|')));
    this.table(names.length, 0);
  }

  step() {
    const { given, when, then, and, but } = this.dialect;
    this.add(this.random.pick(this.random.pick([given, when, then, and, but])) + this.text(7));
    this.noise(0.08);
    const kind = this.random.below(12);
    const width = 1 + this.random.below(4);
    if (kind === 0 || kind === 1) this.table(width, 1);
    if (kind === 2 || kind === 3) this.docString();
    if (kind === 4) {
      this.table(width, 1);
      this.docString();
    }
    if (kind === 5) {
      this.docString();
      this.table(width, 1);
    }
    this.noise();
  }

  table(width, least) {
    this.random.list(least, 4, () => {
      this.row(Array.from({ length: width }, () => this.cell()));
      this.noise(0.08);
    });
  }

  row(cells) {
    const space = () => this.random.pick(['', ' ', ' ', '   ', '\t', '\u00a0']);
    const before = this.random.chance(0.02) ? '' : '|';
    const behind = this.random.chance(0.05) ? this.random.pick(['x', ' # no comment', '\\', '😀']) : '';
    this.add(`${before || '|'}${cells.map((cell) => space() + cell + space()).join('|')}|${behind}`);
  }

  cell() {
    return this.text(3).replace(/[|]/g, '\\|').replace(/\\$/, '\\\\');
  }

  docString() {
    const delimiter = this.random.pick(['"""', '```']);
    const escaped = [...delimiter].map((c) => `\\${c}`).join('');
    const media = this.random.chance(0.3)
      ? this.random.pick([' ', '']) + this.random.pick(['json', 'text/<a>', 'x y', '😀'])
      : '';
    this.add(delimiter + media);
    this.random.list(0, 4, () => {
      const text = this.random.chance(0.15) ? `${escaped} ${escaped}` : this.text();
      const line = this.random.pick(spaces) + text;
      this.lines.push(line.trimStart().startsWith(delimiter) ? `x${line}` : line);
    });
    this.add(delimiter);
  }
}

const strays = [
  'Feature: again',
  'Background:',
  'Scenario: x',
  'Scenario Outline: y',
  'Examples:',
  'Rule: r',
  '"""',
  '```',
  '| a | b |',
  '| a',
  '@tag',
  '@tag with space',
  '@tag #comment',
  '# language: xx',
  '# language: en',
  '#language:fr',
  'garbage',
  'Given',
  'And x',
  '* y',
  '',
  '   ',
  '#',
  '@',
  '|',
  '||',
  '\\',
  'feature: lower',
  'Scenario',
  'Given x',
  '😀',
  '@a@b c',
  '# language: no-such_one',
];
const characters = [
  '\n',
  '\r',
  '\t',
  ' ',
  '|',
  '\\',
  '@',
  '#',
  ':',
  '"',
  '`',
  '<',
  '>',
  '😀',
  '\u2028',
  '\ufeff',
  '\u0000',
  '\u0085',
  'x',
];

/** The same text after a few random edits. */
export function damage(text, random) {
  let damaged = text;
  random.list(1, 4, () => {
    damaged = random.chance(0.7) ? damageLines(damaged, random) : damageCharacters(damaged, random);
  });
  return damaged;
}

function damageLines(text, random) {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, lines[random.below(lines.length)]);
      break;
    case 2:
      [lines[at], lines[0]] = [lines[0], lines[at]];
      break;
    case 3:
      lines.splice(at, 0, random.pick(spaces) + random.pick(strays));
      break;
    case 4:
      lines[at] = random.pick(spaces) + random.pick(strays);
      break;
    default:
      lines.splice(at + 1);
      break;
  }
  return lines.join('\n');
}

function damageCharacters(text, random) {
  const all = [...text];
  const at = random.below(all.length + 1);
  switch (random.below(3)) {
    case 0:
      all.splice(at, 1 + random.below(3));
      break;
    case 1:
      all.splice(at, 0, random.pick(characters));
      break;
    default:
      all.splice(at, 1, random.pick(characters));
      break;
  }
  return all.join('');
}
