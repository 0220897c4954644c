// The steps of features/wire: what a sender and a receiver on the network can be told.
// It must not know how a message looks on the wire.
import { expect, expectEqual, StepFailure } from './cexec_kit.mjs';
import { peerAddress } from './exchange.mjs';
import { Listener } from './listener.mjs';
import { checkPattern, checkText, testPattern } from './payloads.mjs';
import { Background, patience, waitUntil } from './waiting.mjs';
import {
  Connection,
  ConnectionBroken,
  DATA,
  MessageTooLong,
  packAnnouncement,
  packFrame,
  PAYLOAD_LIMIT,
  PeerError,
} from './wire.mjs';

/** The listener or the connection of this process. */
class WireUse {
  openListener;
  openConnection;
  refusal;
  background = new Background();

  get listener() {
    expect(this.openListener, 'this process does not listen');
    return this.openListener;
  }

  get connection() {
    expect(this.openConnection, 'this process is not connected');
    return this.openConnection;
  }

  async close() {
    this.openConnection?.hangUp();
    await this.background.close();
    await this.openListener?.close();
  }
}

const use = (world) => world.state(WireUse);

// --- the receiver ---

async function listen(world, limit) {
  use(world).openListener = await Listener.open(peerAddress(world.process), limit);
}

/** The `count` messages received; fails if there are more or fewer, naming what broke. */
function messages(world, count) {
  const { listener } = use(world);
  const broken = listener.ends.find((end) => end);
  if (listener.messages.length !== count && broken) throw broken;
  expectEqual(listener.messages.length, count, 'the number of messages received is wrong');
  return listener.messages;
}

function shouldHaveReceived(world, count, size) {
  for (const { sequence, payload } of messages(world, count)) {
    checkPattern(payload, size, sequence, `message ${sequence}`);
  }
}

function shouldHaveReceivedTable(world) {
  const rows = world.rows();
  messages(world, rows.length).forEach(({ sequence, payload }, i) => {
    checkText(payload, rows[i].payload, `message ${sequence}`);
  });
}

/** How the first connection ended: an error, or undefined with BYE. */
async function endOfConnection(world) {
  const { listener } = use(world);
  const ended = await waitUntil(world, () => listener.ends.length > 0);
  expect(ended, 'the connection is still open');
  return listener.ends[0];
}

async function shouldHaveSeenClose(world) {
  const end = await endOfConnection(world);
  if (end) throw end;
}

async function shouldHaveSeenBreak(world) {
  const end = await endOfConnection(world);
  expect(end, 'the connection did not break: it was closed with BYE');
  if (!(end instanceof ConnectionBroken)) throw end;
  world.log(end.message);
}

function addReceiverSteps(server) {
  server.step('listens', (world) => listen(world, PAYLOAD_LIMIT));
  server.step('listens for messages of at most {int} byte(s)', listen);
  server.step("should have received {int} message(s) with size '{int}'", shouldHaveReceived);
  server.step('should have received the messages:', shouldHaveReceivedTable);
  server.step('should have seen the connection close', shouldHaveSeenClose);
  server.step('should have seen the connection break', shouldHaveSeenBreak);
}

// --- the sender ---

async function connect(world, name) {
  use(world).openConnection = await Connection.connect(peerAddress(name), patience(world));
}

async function sendSeveral(connection, count, size) {
  for (let i = 0; i < count; i += 1)
    await connection.send(testPattern(size, connection.nextSequence));
}

async function sendTable(world) {
  for (const { payload } of world.rows()) await use(world).connection.send(Buffer.from(payload));
}

function startToSend(world, count, size) {
  const { background, connection } = use(world);
  background.start(() => sendSeveral(connection, count, size));
}

async function shouldHaveSent(world, count) {
  const { background, connection } = use(world);
  await background.finish(world, 'not all messages are acknowledged yet');
  expectEqual(connection.nextSequence - 1, count, 'the number of messages sent is wrong');
}

/** Sends what the other side must refuse, and remembers its refusal. */
async function sendBad(world, frame) {
  try {
    await use(world).connection.sendRaw(frame);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    use(world).refusal = error;
  }
}

async function sendWrongChecksum(world) {
  const frame = packFrame(DATA, use(world).connection.nextSequence, Buffer.from('damaged'));
  frame[frame.length - 1] ^= 1;
  await sendBad(world, frame);
}

async function announce(world, size) {
  await sendBad(world, packAnnouncement(use(world).connection.nextSequence, size));
}

function shouldHaveBeenTold(world, kind) {
  const { refusal } = use(world);
  expect(refusal, 'the other side did not refuse the message');
  expectEqual(refusal.kind, kind, 'the other side refused for another reason');
}

async function shouldRefuse(world, size) {
  try {
    await use(world).connection.send(Buffer.alloc(size));
  } catch (error) {
    if (!(error instanceof MessageTooLong)) throw error;
    world.log(error.message);
    return;
  }
  throw new StepFailure(`a message of ${size} bytes was sent and acknowledged`);
}

async function close(world) {
  await use(world).connection.close();
  use(world).openConnection = undefined;
}

function addSenderSteps(server) {
  server.step('connects to {string}', connect);
  server.step("sends {int} message(s) with size '{int}'", (world, count, size) =>
    sendSeveral(use(world).connection, count, size),
  );
  server.step('sends the messages:', sendTable);
  server.step("starts to send {int} message(s) with size '{int}'", startToSend);
  server.step('should have sent {int} message(s)', shouldHaveSent);
  server.step('sends a message with a wrong checksum', sendWrongChecksum);
  server.step("announces a message with size '{int}'", announce);
  server.step('should have been told {string}', shouldHaveBeenTold);
  server.step("should refuse to send a message with size '{int}'", shouldRefuse);
  server.step('closes the connection', close);
}

export function addWireSteps(server) {
  addReceiverSteps(server);
  addSenderSteps(server);
}
