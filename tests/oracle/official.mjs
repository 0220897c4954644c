// The official parser of Gherkin: its keywords, its messages and its tokens.
import { readFileSync } from 'node:fs';
import { load, pathOf } from './modules.mjs';

export const languages = JSON.parse(
  readFileSync(pathOf('@cucumber/gherkin', 'gherkin-languages.json'), 'utf8'),
);

const { generateMessages, GherkinClassicTokenMatcher, Parser } = await load('@cucumber/gherkin');
const { TokenType } = await load('@cucumber/gherkin', 'Parser.js');

/** The envelopes of one file; ids count from 0. Plain data, as a reader of the JSON would see it. */
export function messagesOf(uri, text) {
  let id = 0;
  const envelopes = generateMessages(text, uri, 'text/x.cucumber.gherkin+plain', {
    includeSource: true,
    includeGherkinDocument: true,
    includePickles: true,
    newId: () => String(id++),
  });
  return JSON.parse(JSON.stringify(envelopes));
}

/** What a parser calls where it would build a tree; here each token becomes a line. */
class TokenLines {
  lines = [];
  reset() {
    this.lines = [];
  }
  startRule() {}
  endRule() {}
  build(token) {
    this.lines.push(lineOf(token));
  }
  getResult() {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}

function lineOf(token) {
  if (token.isEof) return 'EOF';
  const keyword = token.matchedKeyword ? `(${token.matchedKeywordType ?? ''})${token.matchedKeyword}` : '';
  const items = token.matchedItems.map((item) => `${item.column}:${item.text}`).join(',');
  const place = `(${token.location.line}:${token.location.column})`;
  return `${place}${TokenType[token.matchedType]}:${keyword}/${token.matchedText ?? ''}/${items}`;
}

/** The tokens of a valid file, as text. */
export function tokensOf(text) {
  const parser = new Parser(new TokenLines(), new GherkinClassicTokenMatcher());
  return parser.parse(text);
}
