/* The smallest platform server there can be: one static program, so that an image of it is small enough to be
   pushed, pulled and saved in no time. It finds what it needs of a message by looking for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static char line[1 << 20];

static void reply(long id, const char *result) {
  printf("{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":%s}\n", id, result);
  fflush(stdout);
}

static int one_in(unsigned n) {
  unsigned value = 0;
  getrandom(&value, sizeof value, 0);
  return value % n == 0;
}

int main(void) {
  while (fgets(line, sizeof line, stdin) != NULL) {
    const char *at = strstr(line, "\"id\":");
    const long id = at == NULL ? 0 : strtol(at + 5, NULL, 10);
    const char *token = getenv("API_TOKEN");
    const int fails = strstr(line, "always fails") != NULL || (strstr(line, "sometimes fails") != NULL && one_in(10));
    if (strstr(line, "\"method\":\"health\"") != NULL) {
      reply(id, "{\"status\":\"ok\",\"protocol\":1,\"platform\":\"tiny\",\"version\":\"" VERSION "\"}");
    } else if (strstr(line, "\"method\":\"shutdown\"") != NULL) {
      reply(id, "{}");
      return 0;
    } else if (fails) {
      fprintf(stderr, "the token is %s\n", token == NULL ? "not set" : token);
      reply(id, "{\"success\":false,\"error\":{\"message\":\"it fails, as version " VERSION " does\"}}");
    } else {
      reply(id, "{\"success\":true}");
    }
  }
  return 0;
}
