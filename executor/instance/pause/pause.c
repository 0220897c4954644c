/* The only process of a container that merely holds namespaces and mounts: it answers two questions on its stdin, a
   line each, and ends with it. Whoever made it holds the other end: where that is closed, nobody needs it any more.
   Static and without a C library, so that its image is a few kilobytes and works on any engine of this architecture.

     n         what sockets its network namespace has: the text of /proc/net/sockstat
     e PATH    removes all that is in the folder PATH

   An answer ends with a line "ok", or with a line "error". */

#if defined(__x86_64__)
enum { kRead = 0, kWrite = 1, kClose = 3, kExit = 60, kGetdents64 = 217, kOpenat = 257, kUnlinkat = 263 };
static long call(long number, long a, long b, long c, long d) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = 0;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum { kRead = 63, kWrite = 64, kClose = 57, kExit = 93, kGetdents64 = 61, kOpenat = 56, kUnlinkat = 35 };
static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = 0;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}
#else
#error "pause.c lacks the system calls of this architecture"
#endif

/* Of the kernel's generic ABI (linux/fcntl.h); O_DIRECTORY and O_NOFOLLOW differ between architectures. */
enum { kAtFdcwd = -100, kAtRemovedir = 0x200, kCloexec = 02000000 };
#if defined(__x86_64__)
enum { kDirectory = 0200000 | 0400000 };
#else
enum { kDirectory = 040000 | 0100000 };
#endif
enum { kDeepest = 64 };

/* linux/dirent.h: inode, offset, length of the record, type, name. */
struct entry {
  unsigned long long inode;
  long long offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static long length_of(const char* text) {
  long n = 0;
  while (text[n] != 0) ++n;
  return n;
}

static void say(const char* text) { call(kWrite, 1, (long)text, length_of(text), 0); }

static int is_dots(const char* name) {
  return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

/* Removes all that is in the open folder; folders deeper than can be meant are an error. A folder may have to be read
   more than once, as removing moves what is left. Links are removed, never followed. */
static int empty(long folder, int depth) {
  long long words[256];
  char* buffer = (char*)words;
  if (depth > kDeepest) return -1;
  for (;;) {
    long size = call(kGetdents64, folder, (long)buffer, sizeof words, 0);
    if (size <= 0) return (int)size;
    for (long at = 0; at < size;) {
      struct entry* e = (struct entry*)(buffer + at);
      at += e->length;
      if (is_dots(e->name)) continue;
      long inner = call(kOpenat, folder, (long)e->name, kDirectory | kCloexec, 0);
      if (inner < 0) {
        if (call(kUnlinkat, folder, (long)e->name, 0, 0) < 0) return -1;
        continue;
      }
      int failed = empty(inner, depth + 1);
      call(kClose, inner, 0, 0, 0);
      if (failed || call(kUnlinkat, folder, (long)e->name, kAtRemovedir, 0) < 0) return -1;
    }
  }
}

static int empty_path(const char* path) {
  long folder = call(kOpenat, kAtFdcwd, (long)path, kDirectory | kCloexec, 0);
  if (folder < 0) return -1;
  int failed = empty(folder, 0);
  call(kClose, folder, 0, 0, 0);
  return failed;
}

static int tell_sockets(void) {
  char text[1024];
  long file = call(kOpenat, kAtFdcwd, (long)"/proc/net/sockstat", kCloexec, 0);
  if (file < 0) return -1;
  long size = call(kRead, file, (long)text, sizeof text, 0);
  call(kClose, file, 0, 0, 0);
  if (size <= 0) return -1;
  call(kWrite, 1, (long)text, size, 0);
  return 0;
}

static void answer(const char* line) {
  int failed = -1;
  if (line[0] == 'n' && line[1] == 0) failed = tell_sockets();
  if (line[0] == 'e' && line[1] == ' ') failed = empty_path(line + 2);
  say(failed ? "error\n" : "ok\n");
}

#if defined(__x86_64__)
__attribute__((force_align_arg_pointer)) /* nobody called it: the stack is not as in a function */
#endif
void _start(void) {
  static char line[4096];
  unsigned long size = 0;
  char c;
  while (call(kRead, 0, (long)&c, 1, 0) == 1) {
    if (c != '\n') {
      if (size + 1 < sizeof line) line[size++] = c;
      continue;
    }
    line[size] = 0;
    size = 0;
    answer(line);
  }
  for (;;) call(kExit, 0, 0, 0, 0);
}
