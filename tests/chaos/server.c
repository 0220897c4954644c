/* The platform server of the chaos tests: one static program, so that its image is this file alone. A step
   "works N" takes N milliseconds; the end of stdin ends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void reply(long id, const char* result) {
  printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":%s}\n", id, result);
  fflush(stdout);
}

static long number_behind(const char* line, const char* mark) {
  const char* at = strstr(line, mark);
  return at == NULL ? 0 : strtol(at + strlen(mark), NULL, 10);
}

int main(void) {
  static char line[1 << 16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    const long id = number_behind(line, "\"id\":");
    if (strstr(line, "\"method\":\"health\"") != NULL) {
      reply(id, "{\"status\":\"ok\",\"protocol\":1,\"platform\":\"chaos\",\"version\":\"1\"}");
    } else if (strstr(line, "\"method\":\"executeStep\"") != NULL) {
      usleep((useconds_t)number_behind(line, "\"step\":\"works ") * 1000);
      reply(id, "{\"success\":true,\"data\":{},\"logs\":[]}");
    } else {
      reply(id, "{}");
      if (strstr(line, "\"method\":\"shutdown\"") != NULL) break;
    }
  }
  return 0;
}
