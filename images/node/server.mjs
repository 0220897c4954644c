// The Node platform server: registers every step and serves until it is told to stop.
// It must not know what the steps do.
import { Server } from './cexec_kit.mjs';
import { addJournalSteps } from './journal_steps.mjs';
import { addRingSteps } from './ring_steps.mjs';
import { addWireSteps } from './wire_steps.mjs';

const server = new Server('node', '1.0');
addRingSteps(server);
addWireSteps(server);
addJournalSteps(server);
await server.run();
