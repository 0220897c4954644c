// The steps this server knows, one function for each format. It must not know what they do.
#pragma once

namespace cexec_kit {
class Server;
}

void add_ring_steps(cexec_kit::Server& server);
void add_wire_steps(cexec_kit::Server& server);
void add_journal_steps(cexec_kit::Server& server);
