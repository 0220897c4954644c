// A server that uses every part of the Node kit once; sample_server.py and .cpp are the same.
// It must not know what kit_behaviour.py asks of it.
import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { expectEqual, Pending, Server, Skip } from '../../images/node/cexec_kit.mjs';

const server = new Server('sample', '2.5', ['sampling']);

class Counter {
  value = 0;
}

server.step('counts', (world) => {
  world.state(Counter).value += 1;
  world.data.count = world.state(Counter).value;
});

server.step('prints {string}', (_world, text) => {
  console.log(text);
  process.stdout.write(`${text}\n`);
  spawnSync('echo', [text], { stdio: 'inherit' });
});

server.step('lets a child read stdin', (world) => {
  world.data.read = execFileSync('cat', { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
});

server.step('expects {int} to be {int}', (_world, actual, expected) => {
  expectEqual(actual, expected, 'the number is wrong');
});

server.step('throws', async () => {
  await sleep(1);
  throw new RangeError('out of range\nsecond line');
});

server.step('throws what is no text', () => {
  throw new RangeError('garbage: \udc80');
});

server.step('is the same for {word}', () => {});
server.step('is the same for a/b', () => {});

server.step('skips', () => {
  throw new Skip('not here');
});

server.step('is pending', () => {
  throw new Pending('not yet');
});

server.step('logs {string}', (world, text) => {
  world.log(text);
  world.log(text, 'warn');
});

server.step('notifies {string}', (world, text) => world.notify(text, 'debug'));

server.step('cleans up {string}', (world, text) => {
  world.cleanup(async () => world.notify(`cleaned up ${text}`));
});

server.step('fails to clean up', (world) => {
  world.cleanup(() => {
    throw new Error('cannot let go');
  });
});

server.step('exits with code {int}', (world, code) => {
  world.cleanup(() => world.notify('cleaned up after a crash'));
  world.exitAfterReply(code);
});

server.step('echoes', (world) => {
  world.data.table = (world.table ?? []).map((row) => row.join(',')).join('|');
  world.data.rows = world
    .rows()
    .map(({ a }) => a)
    .join('|');
  world.data.text = world.text();
  world.data.mediaType = world.docString.mediaType;
  world.data.who = `${world.process} ${world.stepType} ${world.context.scenario}`;
});

server.step('takes {float} s', async (world, seconds) => {
  await sleep(seconds * 1000);
  world.data.left = Math.floor(world.timeLeft());
});

server.step('answers with {int} bytes', (world, size) => {
  world.data.long = 'x'.repeat(size);
});

await server.run();
