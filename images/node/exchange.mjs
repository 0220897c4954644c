// Where the processes of a case meet: files in the shared volume and the addresses of peers.
// It must not know what is in a file or sent to a peer.
import {
  closeSync,
  existsSync,
  fchmodSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';

/** The file that stands for `name` in the folder all processes of the case share. */
export function exchangePath(name, suffix) {
  const folder = process.env.CEXEC_EXCHANGE;
  if (!folder)
    throw new Error('CEXEC_EXCHANGE is not set: the case shares no volume (scenario.volume)');
  if (!/^[a-z0-9_-]+$/.test(name))
    throw new Error(`'${name}' is no name: only a-z, 0-9, - and _ may be in it`);
  return `${folder}/${name}${suffix}`;
}

/** Fails in words that say what to look at, where the file is missing. */
export function mustExist(path, what) {
  if (!existsSync(path))
    throw new Error(`there is no ${what} ${path}: nobody has created it in this case`);
}

/** Makes a file of `size` bytes that begins with `start`, visible only once it is complete. */
export function publish(path, start, size) {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w');
  try {
    fchmodSync(file, 0o666); // another platform's server may run as another user
    writeSync(file, start);
    ftruncateSync(file, size);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}

/** The host name or address at which `name` is reached. */
export function peerAddress(name) {
  if (!process.env.CEXEC_PEERS)
    throw new Error('CEXEC_PEERS is not set: the case shares no network (tag @network)');
  const addresses = JSON.parse(process.env.CEXEC_PEERS);
  if (!Object.hasOwn(addresses, name)) {
    throw new Error(
      `no process '${name}' in CEXEC_PEERS, only: ${Object.keys(addresses).sort().join(', ')}`,
    );
  }
  return addresses[name];
}
