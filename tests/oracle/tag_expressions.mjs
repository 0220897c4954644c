// Compares PROGRAM (tag_expression_lines) with @cucumber/tag-expressions on random and hand-written
// expressions. It must not know how either of them parses.
//
//     CEXEC_ORACLE_MODULES=…/node_modules node tests/oracle/tag_expressions.mjs PROGRAM
import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { load } from './modules.mjs';
import { randomFrom } from './random.mjs';

const RANDOM_EXPRESSIONS = 20_000;
const SETS_PER_EXPRESSION = 6;
const SEED = 20_240_611;

const TAGS = [
  '@a', '@b', '@c', '@smoke', '@slow', '@wip', 'plain', '@a.b-c_1', '@a,b', '~@c', '@"', "@'", '!@x',
  'And', 'NOT', 'nota', 'andor', '@and', '@or', '@not', 'constructor', '__proto__', 'toString', '@(',
  '@)', '@a(1)', '(x)', '@back\\slash', '@end\\', '\\', '@two words', ' ', '@tab\there', '@line\nend',
  '@ünï', '@日本', '@😀', '@e\u0301', '@nbsp\u00a0x', '@zero\u200bwidth', '@nel\u0085x', '@nul\0x',
];
const SPACES = [
  ' ', ' ', ' ', ' ', '  ', '\t', '\n', '\r\n', '\v', '\f', '\u00a0', '\u1680', '\u2003', '\u2028',
  '\u2029', '\u202f', '\u205f', '\u3000', '\ufeff',
];
const NASTY = [
  '(', ')', '\\', ' ', '\t', '\n', '\0', '"', 'n', '@', 'é', '€', '😀', '\u0085', '\u180e', '\u200b',
  '\u001c', '\u2000', '\u200a', '\ufeff', '\ufffd', '\\(', '\\)', '\\\\', '\\ ', '\\\t', '\\\u3000',
  '\\\u200b', '\\n', '\\€', '\\😀', '\\"',
];
const TOKENS = [
  'and', 'or', 'not', '(', ')', '@a', '@b', '\\(', '\\)', '\\\\', '\\ ', '\\', 'AND', '@a\\(b\\)',
];

const HAND_WRITTEN = [
  '', ' ', '\t\n', '\u00a0\ufeff', '\\', ' \\', '\\ ', '\\\\', '\\\\\\', '@a\\', '@a \\', '@a\\\\ ',
  '\\a', '@a\\b', '\\😀', '\\\u200b', '\\\u0085', '\\"', '\\\0', '@a @b \\x', '\\x (', '\\(', '\\)',
  '\\( @a \\)', '\\(\\)', '(\\)', '\\(@a)', '@a\\ and @b', '@a \\and @b', 'a\\nd', '\\ and', 'and\\ ',
  'not\\', 'not\\ @a', '@a\\\u3000b', '@a\\\r\nb', '@a\u180eb', '@a\u0085b', '@a\u001cb',
  '\ufeff@a and @b\ufeff', 'and', 'or', 'not', '(', ')', '()', '( )', ')(', '@a)', '(@a', '@a (',
  '@a ()', '(@a)(@b)', '@a(@b)', '(@a) @b', 'not not', 'not ()', 'not (', 'not )', 'not not @a',
  'not(@a)', 'not(not(@a))', 'not @a not @b', '@a not', '@a and', '@a and and @b', '@a and or @b',
  '@a and not', '@a and not and @b', '@a or (', '@a or (@b', '@a or @b)', '( not', '( @a and',
  '( @a and @b or', '( @a ) and ( not', '( @a and ( @b or', '@a and @b and ( not (', '@a or @b and',
  '@a or @b and @c or @d', '@a and @b or @c and @d', 'not @a or @b', 'not @a and not @b',
  '@a or not @b and @c', '@a or (@b or @c)', '(@a or @b) or @c', '@a and (@b and @c)',
  'not (@a or @b) and @c', 'not ((@a and @b))', 'AND and Or or nOt', '@a,@b', '~@a', '@a && @b',
  'constructor', 'not __proto__', 'toString and hasOwnProperty', '"@a"', '${infix}', '@a\0and @b',
  '%s and %d', '{} or {0}', '('.repeat(1500), `${'('.repeat(1500)}@a${')'.repeat(1500)}`,
  `${'not '.repeat(1500)}@a`, `${'@a and ('.repeat(500)}@b${')'.repeat(500)}`,
  `@a${' or @b and not @c'.repeat(500)}`,
];

const random = randomFrom(SEED);

const PRECEDENCE = { or: 0, and: 1, not: 2 };

function randomTree(depth) {
  const kind = depth === 0 ? 'tag' : random.pick(['tag', 'not', 'and', 'or', 'and', 'or']);
  if (kind === 'tag') return { kind, tag: random.pick(TAGS) };
  const operands = kind === 'not' ? 1 : 2;
  return { kind, operands: Array.from({ length: operands }, () => randomTree(depth - 1)) };
}

function gap(needed) {
  if (!needed && random.chance(0.5)) return '';
  if (random.chance(0.01)) return '';
  return random.chance(0.8) ? ' ' : random.pick(SPACES) + (random.chance(0.3) ? random.pick(SPACES) : '');
}

/** Sometimes with parentheses that nothing needs, seldom without those that it does. */
function printed(tree, around = -1) {
  let text;
  if (tree.kind === 'tag') {
    text = tree.tag.replace(/[\\()\s]/g, (c) => `\\${c}`);
  } else if (tree.kind === 'not') {
    const operand = printed(tree.operands[0], 2);
    text = `not${gap(!operand.startsWith('('))}${operand}`;
  } else {
    const own = PRECEDENCE[tree.kind];
    const left = printed(tree.operands[0], own);
    const right = printed(tree.operands[1], own + 0.5);
    text = `${left}${gap(!left.endsWith(')'))}${tree.kind}${gap(!right.startsWith('('))}${right}`;
  }
  const needed = tree.kind !== 'tag' && PRECEDENCE[tree.kind] < around;
  for (let more = random.chance(needed ? 0.95 : 0.1); more; more = random.chance(0.2)) {
    text = `(${gap(false)}${text}${gap(false)})`;
  }
  return text;
}

/** One thing wrong, of characters or of tokens. */
function damaged(text) {
  const pieces = random.chance(0.5) ? Array.from(text) : text.split(/(\s+|[()])/u);
  const at = random.below(pieces.length + 1);
  switch (random.below(5)) {
    case 0: pieces.splice(at, 1); break;
    case 1: pieces.splice(at, 0, random.pick(NASTY)); break;
    case 2: pieces.splice(at, 0, pieces[at] ?? ''); break;
    case 3: pieces.splice(at, 0, gap(true) + random.pick(TOKENS) + gap(true)); break;
    default: pieces.splice(at, 2, pieces[at + 1] ?? '', pieces[at] ?? '');
  }
  return pieces.join('');
}

function randomExpression() {
  if (random.chance(0.1)) {
    const token = () => random.pick(TOKENS) + gap(random.chance(0.7));
    return Array.from({ length: random.below(12) }, token).join('');
  }
  let text = gap(false) + printed(randomTree(random.below(5))) + gap(false);
  if (random.chance(0.5)) {
    for (let times = 1 + random.below(3); times > 0; times -= 1) text = damaged(text);
  }
  return text;
}

/** Sets of tags that the expression may name, with some that it does not. */
function randomSets(expression) {
  const named = expression
    .split(/(?<!\\)[\s()]+/u)
    .map((word) => word.replace(/\\(.)/gsu, '$1'))
    .filter((word) => word !== '')
    .slice(0, 40);
  return Array.from({ length: SETS_PER_EXPRESSION }, (_, i) => {
    const share = i / (SETS_PER_EXPRESSION - 1);
    const tags = named.filter(() => random.chance(share));
    return random.chance(0.3) ? [...tags, random.pick(TAGS)] : tags;
  });
}

/** As it comes out when printed: half of a surrogate pair is no text, and UTF-8 has U+FFFD for it. */
function inUtf8(text) {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function official(parse, { expression, tags }) {
  let node;
  try {
    node = parse(expression);
  } catch (error) {
    return { error: inUtf8(error.message) };
  }
  return { text: inUtf8(node.toString()), matches: tags.map((set) => node.evaluate(set)) };
}

/** The program's answers; where it ended too early, what it ended with. */
function answers(program, cases) {
  const input = cases.map((one) => `${JSON.stringify(one)}\n`).join('');
  const limits = { maxBuffer: 2 ** 30, timeout: 60_000 };
  const { stdout, stderr, status, signal, error } = spawnSync(program, { input, ...limits });
  if (error && !['EPIPE', 'ETIMEDOUT'].includes(error.code)) throw error;
  const lines = stdout.toString('utf8').split('\n').slice(0, -1);
  const ended = { ended: signal ?? status, stderr: stderr.toString('utf8') };
  return cases.map((_, i) => (i < lines.length ? JSON.parse(lines[i]) : ended));
}

/** The shortest case that the two answer differently; undefined if there is none. */
function shortestDifference(parse, program, cases) {
  const actual = answers(program, cases);
  let shortest;
  for (const [i, one] of cases.entries()) {
    if (shortest && shortest.expression.length <= one.expression.length) continue;
    const expected = official(parse, one);
    if (!isDeepStrictEqual(actual[i], expected)) shortest = { ...one, actual: actual[i], expected };
    if (actual[i].ended !== undefined) break;
  }
  return shortest;
}

/** Takes characters out, many at a time first, for as long as the two still differ. */
function minimised(parse, program, difference) {
  let smallest = difference;
  for (let width = smallest.expression.length; width >= 1; ) {
    const characters = Array.from(smallest.expression);
    const shorter = [];
    for (let at = 0; at + width <= characters.length; at += Math.ceil(width / 2)) {
      const kept = [...characters.slice(0, at), ...characters.slice(at + width)];
      shorter.push({ expression: kept.join(''), tags: smallest.tags });
    }
    const found = shortestDifference(parse, program, shorter);
    if (found) smallest = found;
    else width = Math.floor(width / 2);
  }
  return smallest;
}

/** A sample that holds next to nothing of one kind would say nothing of it. */
function checkVariety(parse, cases) {
  const counts = new Map();
  const count = (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const one of cases) {
    const { error, matches } = official(parse, one);
    if (error === undefined) new Set(matches).forEach((matched) => count(`matches: ${matched}`));
    else count(error.match(/syntax error: (Illegal escape|.*\.)/su)?.[1] ?? error);
  }
  const kinds = [
    'matches: true', 'matches: false', 'Expected operand.', 'Expected operator.', 'Unmatched (.', 'Unmatched ).',
    'Illegal escape',
  ];
  const rare = kinds.filter((kind) => (counts.get(kind) ?? 0) < cases.length / 100);
  if (rare.length > 0) throw new Error(`the sample has too few of: ${rare.join(', ')}`);
}

async function main() {
  const program = process.argv[2];
  if (!program) {
    console.error('usage: CEXEC_ORACLE_MODULES=…/node_modules node tag_expressions.mjs PROGRAM');
    return 2;
  }
  const { parse } = await load('@cucumber/tag-expressions');
  const randomOnes = Array.from({ length: RANDOM_EXPRESSIONS }, randomExpression);
  const cases = [...HAND_WRITTEN, ...randomOnes].map((expression) => ({
    expression,
    tags: randomSets(expression),
  }));
  checkVariety(parse, cases);
  const difference = shortestDifference(parse, program, cases);
  if (!difference) {
    console.log(`tag expressions: ${cases.length} compared, 0 differences`);
    return 0;
  }
  const { expression, tags, expected, actual } = minimised(parse, program, difference);
  console.log(`tag expressions: they differ on ${JSON.stringify(expression)}`);
  console.log(`    tags     ${JSON.stringify(tags)}`);
  console.log(`    official ${JSON.stringify(expected)}`);
  console.log(`    cexec    ${JSON.stringify(actual)}`);
  return 1;
}

process.exitCode = await main().catch((error) => {
  console.error(`tag expressions: ${error.message}`);
  return 2;
});
