// The kit for platform servers in Node: copy this file, register your steps, call run().
// It does what docs/protocol.md asks of a server and must not know what any step is about.
import { closeSync, openSync, writeSync } from 'node:fs';

const MESSAGE_LIMIT = 16 * 1024 * 1024;

// --- what a step may say ------------------------------------------------------------------------

/**
 * The step failed: one line for a person and, if it helps, { expected, actual }.
 * Any other error fails the step too; `expected` and `actual`, if it has them, are shown.
 */
export class StepFailure extends Error {
  constructor(message, compared = {}) {
    super(message);
    this.name = 'StepFailure';
    Object.assign(this, compared);
  }
}

/** The step and the rest of the case make no sense here; the message says why. */
export class Skip extends Error {
  status = 'skipped';
}

/** The step is known but not written yet. */
export class Pending extends Error {
  status = 'pending';
}

/** Fails the step with `message` unless `condition` holds. */
export function expect(condition, message) {
  if (!condition) throw new StepFailure(message);
}

/** Fails the step with `message`, and both values beside it, unless they are the same. */
export function expectEqual(actual, expected, message) {
  if (!Object.is(actual, expected) && encode(actual) !== encode(expected)) {
    throw new StepFailure(message, { expected, actual });
  }
}

/** What the steps of one case share. A new one is made after `reset`. */
export class World {
  process = '';
  step = '';
  stepType = '';
  table; // array of rows, each an array of strings
  docString; // { content, mediaType }
  context = {};
  data = {};
  #notify;
  #logs = [];
  #deadline = 0;
  #states = new Map();
  #cleanups = [];
  #exitCode;

  constructor(notify) {
    this.#notify = notify;
  }

  /** The one `Kind` of this case, made at first use; its close(), if any, is a clean-up. */
  state(Kind) {
    if (!this.#states.has(Kind)) {
      const made = new Kind();
      this.#states.set(Kind, made);
      if (made.close) this.cleanup(() => made.close());
    }
    return this.#states.get(Kind);
  }

  /** Calls `callback`, which may be async, when the case is over; the last one first. */
  cleanup(callback) {
    this.#cleanups.push(callback);
  }

  /** Puts a line into this step's reply. Later on, use notify(). */
  log(message, level = 'info') {
    this.#logs.push(`[${level.toUpperCase()}] ${message}`);
  }

  /** Sends a line to the log at once. */
  notify(message, level = 'info') {
    this.#notify(level, message);
  }

  /** The data table as one object for each row, named by the header row. */
  rows() {
    expect(this.table?.length, 'the step needs a data table with a header row');
    const [header, ...rows] = this.table;
    return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
  }

  /** The content of the doc string. */
  text() {
    expect(this.docString, 'the step needs a doc string');
    return this.docString.content;
  }

  /** Milliseconds until cexec gives up on this step. */
  timeLeft() {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Ends the server without any clean-up, as a crash would, once this step is answered. */
  exitAfterReply(code) {
    this.#exitCode = code;
  }

  /** For the server only: what it has to know about the step that ran. */
  get outcome() {
    return { logs: this.#logs, exitCode: this.#exitCode };
  }

  /** For the server only: another step begins. */
  begin({ process = '', step, stepType = '', table, docString, context = {} }) {
    Object.assign(this, { process, step, stepType, table, docString, context, data: {} });
    this.#logs = [];
    this.#deadline = performance.now() + (context.timeoutMs ?? 30_000);
  }

  /** For the server only: the case is over. */
  async cleanUp() {
    const problems = [];
    while (this.#cleanups.length > 0) {
      try {
        await this.#cleanups.pop()();
      } catch (error) {
        problems.push(firstLine(error)); // the other clean-ups still have to run
      }
    }
    this.#states.clear();
    if (problems.length > 0) throw new Error(`clean-up failed: ${problems.join('; ')}`);
  }
}

// --- Cucumber expressions -----------------------------------------------------------------------

const PARAMETERS = {
  int: '(-?[0-9]+)',
  float: '([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)',
  word: '([^ \\t\\n\\r\\f\\v]+)',
  string: `("[^"\\\\]*(?:\\\\.[^"\\\\]*)*"|'[^'\\\\]*(?:\\\\.[^'\\\\]*)*')`,
  '': '(.*)',
};

/** A step pattern: {int} {float} {word} {string} {}, optional text (s), alternatives a/b. */
export class Expression {
  #kinds = [];
  #regex;

  constructor(source) {
    this.source = source;
    const pieces = this.#pieces().map((tokens) => this.#piece(tokens));
    this.#regex = new RegExp(`^${pieces.join('')}$`, 's');
  }

  /** The arguments found in `text`, or undefined where the pattern does not match all of it. */
  match(text) {
    const found = this.#regex.exec(text);
    return found?.slice(1).map((argument, i) => convert(this.#kinds[i], argument));
  }

  #fail(problem) {
    throw new Error(`step pattern '${this.source}': ${problem}`);
  }

  /** The pattern cut at its blanks, each piece a list of [kind, content]. */
  #pieces() {
    const pieces = [[]];
    for (let at = 0; at < this.source.length; at += 1) {
      const char = this.source[at];
      if (char === ' ') {
        pieces.push([['text', ' ']], []);
      } else if (char === '\\') {
        at += 1;
        if (at === this.source.length) this.#fail('ends with a backslash');
        pieces.at(-1).push(['text', this.source[at]]);
      } else if (char === '{' || char === '(') {
        const end = this.source.indexOf(char === '{' ? '}' : ')', at);
        if (end < 0) this.#fail(`'${char}' is never closed`);
        pieces.at(-1).push([char, this.source.slice(at + 1, end)]);
        at = end;
      } else {
        pieces.at(-1).push(char === '/' ? ['/', ''] : ['text', char]);
      }
    }
    return pieces;
  }

  /** The regular expression of one piece between blanks. */
  #piece(tokens) {
    if (!tokens.some(([kind]) => kind === '/')) {
      return tokens.map(([kind, content]) => this.#token(kind, content)).join('');
    }
    const alternatives = [''];
    for (const [kind, content] of tokens) {
      if (kind === '/') alternatives.push('');
      else if (kind === 'text') alternatives.push(alternatives.pop() + escape(content));
      else this.#fail('alternatives may hold plain text only');
    }
    if (alternatives.includes('')) this.#fail('an alternative is empty');
    return `(?:${alternatives.join('|')})`;
  }

  #token(kind, content) {
    if (kind === 'text') return escape(content);
    if (kind === '(') {
      if (content === '' || /[{(/\\]/.test(content))
        this.#fail('optional text may be plain text only');
      return `(?:${escape(content)})?`;
    }
    if (!Object.hasOwn(PARAMETERS, content)) {
      this.#fail(`{${content}} is none of {int} {float} {word} {string} {}`);
    }
    this.#kinds.push(content);
    return PARAMETERS[content];
  }
}

function escape(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function convert(kind, text) {
  if (kind === 'int') {
    if (!Number.isSafeInteger(Number(text))) {
      throw new StepFailure(`${text} does not fit into {int}: ±${Number.MAX_SAFE_INTEGER} at most`);
    }
    return Number(text) + 0; // no -0
  }
  if (kind === 'float') return Number(text);
  if (kind === 'string') return text.slice(1, -1).replaceAll('\\"', '"').replaceAll("\\'", "'");
  return text;
}

// --- the server ---------------------------------------------------------------------------------

/** A platform server: register steps with step(), then run(). */
export class Server {
  #platform;
  #version;
  #capabilities;
  #steps = [];
  #channel;
  #world;

  constructor(platform, version = '1.0', capabilities = []) {
    this.#platform = platform;
    this.#version = version;
    this.#capabilities = ['reset', ...capabilities];
  }

  /** Registers `run(world, ...arguments)`, which may be async, for steps that match `pattern`. */
  step(pattern, run) {
    if (this.#steps.some(({ expression }) => expression.source === pattern)) {
      throw new Error(`step pattern '${pattern}' is registered twice`);
    }
    this.#steps.push({ expression: new Expression(pattern), run });
  }

  /** Serves until `shutdown`, the end of stdin or SIGTERM; then cleans up and exits. */
  async run() {
    this.#channel = new Channel();
    this.#newWorld();
    process.once('SIGTERM', () => this.#exit(143));
    let code = 0;
    try {
      await this.#serve();
    } catch (error) {
      console.error(error.stack);
      code = 1;
    }
    await this.#exit(code);
  }

  async #exit(code) {
    try {
      await this.#world.cleanUp();
    } catch (error) {
      console.error(error.message);
      code = 1;
    }
    process.exit(code);
  }

  #newWorld() {
    this.#world = new World((level, message) =>
      this.#channel.write({
        jsonrpc: '2.0',
        method: 'log',
        params: { level, message: String(message) },
      }),
    );
  }

  async #serve() {
    for await (const body of this.#channel.messages()) {
      let request;
      try {
        request = JSON.parse(body);
      } catch (error) {
        this.#error(null, -32700, `not JSON: ${error.message}`);
        continue;
      }
      if (typeof request?.method !== 'string') {
        this.#error(null, -32600, 'not a JSON-RPC request');
        continue;
      }
      const { id, method, params } = request;
      if (id === undefined) continue; // a notification: none is defined, and none may be answered
      await this.#answer(id, method, params ?? {});
      if (method === 'shutdown') return;
    }
  }

  async #answer(id, method, params) {
    if (method === 'executeStep') {
      if (typeof params.step !== 'string') {
        this.#error(id, -32602, 'executeStep needs params.step, a string');
        return;
      }
      this.#reply(id, await this.#execute(params));
      const { exitCode } = this.#world.outcome;
      if (exitCode !== undefined) process.exit(exitCode);
    } else if (method === 'health') {
      this.#reply(id, {
        status: 'ok',
        protocol: 1,
        platform: this.#platform,
        version: this.#version,
        capabilities: this.#capabilities,
      });
    } else if (method === 'reset') {
      await this.#reset(id);
    } else if (method === 'shutdown') {
      this.#reply(id, {});
    } else {
      this.#error(id, -32601, `method not found: ${method}`);
    }
  }

  async #reset(id) {
    const world = this.#world;
    this.#newWorld();
    try {
      await world.cleanUp();
    } catch (error) {
      this.#error(id, -32000, error.message);
      return;
    }
    this.#reply(id, {});
  }

  async #execute(params) {
    const world = this.#world;
    world.begin(params);
    let result;
    try {
      const found = this.#steps
        .map(({ expression, run }) => ({
          expression,
          run,
          parameters: expression.match(world.step),
        }))
        .filter(({ parameters }) => parameters);
      if (found.length === 0) {
        const error = { message: `no step matches: ${world.step}` };
        return { success: false, status: 'undefined', error };
      }
      if (found.length > 1) {
        const patterns = found.map(({ expression }) => `'${expression.source}'`).join(' and ');
        throw new StepFailure(`${found.length} steps match '${world.step}': ${patterns}`);
      }
      await found[0].run(world, ...found[0].parameters);
      result = { success: true, data: world.data };
    } catch (error) {
      const status = error instanceof Skip || error instanceof Pending ? error.status : 'failed';
      result = { success: false, status, error: problem(error) };
    }
    return { ...result, logs: world.outcome.logs };
  }

  #reply(id, result) {
    const size = this.#channel.write({ jsonrpc: '2.0', id, result });
    if (size > MESSAGE_LIMIT) {
      const error = { message: `the reply of ${size} bytes is over the limit of 16 MiB` };
      this.#channel.write({ jsonrpc: '2.0', id, result: { success: false, error } });
    }
  }

  #error(id, code, message) {
    this.#channel.write({ jsonrpc: '2.0', id, error: { code, message } });
  }
}

function firstLine(error) {
  const text = String(error?.message ?? error).split('\n', 1)[0];
  return text || error?.name || 'an error without a message';
}

/** The `error` member of a failed step's result. */
function problem(error) {
  const isOwn = (line) => line.includes(import.meta.url) || line.includes('node:internal/process');
  const stack = error?.stack
    ?.split('\n')
    .filter((line) => !isOwn(line))
    .join('\n');
  const result = { message: firstLine(error), type: error?.constructor?.name, stack };
  for (const name of ['expected', 'actual']) {
    if (error?.[name] !== undefined) result[name] = error[name];
  }
  return result;
}

/** JSON text of any value: what JSON cannot say becomes text, a lone surrogate U+FFFD. */
function encode(message) {
  return JSON.stringify(message, (_key, value) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    return typeof value === 'string' && /\p{Surrogate}/u.test(value)
      ? Buffer.from(value).toString()
      : value;
  });
}

/**
 * Messages over stdin and stdout, in the framing that CEXEC_FRAMING names.
 * From here on descriptor 1 is stderr, so that neither a stray print nor a child process that
 * inherits it can get between cexec and the server.
 */
class Channel {
  #headers;
  #write;

  constructor() {
    const framing = process.env.CEXEC_FRAMING || 'ndjson';
    if (framing !== 'ndjson' && framing !== 'content-length') {
      console.error(`CEXEC_FRAMING is '${framing}', but must be ndjson or content-length`);
      process.exit(1);
    }
    this.#headers = framing === 'content-length';
    this.#write = takeStdout();
  }

  /** Writes a message, unless it is over the limit; returns its size in bytes. */
  write(message) {
    const body = Buffer.from(encode(message));
    if (body.length <= MESSAGE_LIMIT) {
      const parts = this.#headers ? [`Content-Length: ${body.length}\r\n\r\n`, body] : [body, '\n'];
      this.#write(Buffer.concat(parts.map((part) => Buffer.from(part))));
    }
    return body.length;
  }

  /** The requests, one after the other, until the end of stdin. */
  async *messages() {
    const source = new ByteSource(process.stdin);
    for (;;) {
      const body = this.#headers ? await readBlock(source) : await source.line();
      if (body === undefined) return;
      if (this.#headers || body.trim() !== '') yield body;
    }
  }
}

async function readBlock(source) {
  let length;
  for (;;) {
    const line = await source.line();
    if (line === undefined) return undefined;
    if (line.trim() === '') break;
    const [, digits] = /^content-length\s*:\s*([0-9]+)\s*$/i.exec(line) ?? [];
    if (digits) length = Number(digits);
  }
  if (!(length <= MESSAGE_LIMIT)) throw new Error('a request has no usable Content-Length header');
  return source.bytes(length);
}

/** Lines and blocks of bytes from a stream. */
class ByteSource {
  #chunks;
  #waiting = []; // what came and was not asked for yet
  #size = 0;

  constructor(stream) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end of the stream. */
  async line() {
    for (let checked = 0; ; checked += 1) {
      while (checked === this.#waiting.length) {
        if (this.#size > MESSAGE_LIMIT) throw new Error('a request is over the limit of 16 MiB');
        if (!(await this.#fill())) return this.#size > 0 ? this.#take(this.#size) : undefined;
      }
      const end = this.#waiting[checked].indexOf(10);
      if (end >= 0) {
        const before = this.#waiting
          .slice(0, checked)
          .reduce((sum, chunk) => sum + chunk.length, 0);
        return this.#take(before + end + 1).slice(0, -1);
      }
    }
  }

  /** The next `count` bytes as text; undefined if the stream ends before. */
  async bytes(count) {
    while (this.#size < count) {
      if (!(await this.#fill())) return undefined;
    }
    return this.#take(count);
  }

  async #fill() {
    const { done, value } = await this.#chunks.next();
    if (!done) {
      this.#waiting.push(value);
      this.#size += value.length;
    }
    return !done;
  }

  #take(count) {
    const all = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting);
    this.#waiting = count < all.length ? [all.subarray(count)] : [];
    this.#size = all.length - count;
    return all.toString('utf8', 0, count);
  }
}

/**
 * Makes descriptor 1 mean stderr and returns a function that writes to what it was before.
 * Node has no dup(): opening a descriptor's entry in /proc makes a second one, and the first free
 * number, which is 1 once it is closed, is what the next open gets.
 */
function takeStdout() {
  let original;
  try {
    original = openSync('/proc/self/fd/1', 'a');
  } catch {
    // A socket cannot be opened that way. Then only this program's own prints are kept away.
    const write = process.stdout.write.bind(process.stdout);
    Object.defineProperty(process, 'stdout', { value: process.stderr });
    return write;
  }
  closeSync(1);
  try {
    openSync('/proc/self/fd/2', 'a');
  } catch {
    openSync('/dev/null', 'a');
  }
  return (bytes) => {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(writeSync(original, rest));
  };
}
