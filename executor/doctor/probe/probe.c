/* The program of doctor's containers: does what its arguments say, one after the other, and prints what came of
   it. Static and without a C library, so that it runs on any engine of this architecture, without any image.

     read PATH     the file's content          write PATH   makes a file
     burn          computes for 0.8 s          fill PATH    writes into a file until it is refused
     stdin         reads its stdin to the end  forks        makes processes until it is refused
     eat BYTES     uses that much memory       wait         sleeps until it is killed
     listen        takes connections on port 4741 until it is killed
     connect A.B.C.D  makes one to that port, for 5 s at most

   Each prints "== NAME [ARGUMENT]", and what follows up to the next such line is its result; a system call that
   failed is "!" and its error number. */

#if defined(__x86_64__)
enum { NR_read = 0, NR_write = 1, NR_close = 3, NR_mmap = 9, NR_clone = 56, NR_exit = 60, NR_openat = 257,
       NR_ppoll = 271, NR_clock_gettime = 228, NR_socket = 41, NR_connect = 42, NR_accept = 43, NR_bind = 49,
       NR_listen = 50, NR_getsockopt = 55 };
static long call(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
__asm__(".global _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n");
#elif defined(__aarch64__)
enum { NR_read = 63, NR_write = 64, NR_close = 57, NR_mmap = 222, NR_clone = 220, NR_exit = 93, NR_openat = 56,
       NR_ppoll = 73, NR_clock_gettime = 113, NR_socket = 198, NR_connect = 203, NR_accept = 202, NR_bind = 200,
       NR_listen = 201, NR_getsockopt = 209 };
static long call(long n, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
__asm__(".global _start\n_start:\n  mov x0, sp\n  bl start\n");
#else
#error "probe.c lacks the system calls of this architecture"
#endif

enum { AT_FDCWD_ = -100, O_WRONLY_ = 1, O_CREAT_ = 0100, SIGCHLD_ = 17, PROT_RW = 3, MAP_PRIVATE_ANON = 0x22 };

static char buffer[65536];

static long length_of(const char *text) {
  long n = 0;
  while (text[n] != 0) ++n;
  return n;
}

static int same(const char *a, const char *b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}

static void put(const char *bytes, long size) {
  while (size > 0) {
    long n = call(NR_write, 1, (long)bytes, size, 0, 0, 0);
    if (n <= 0) return;
    bytes += n;
    size -= n;
  }
}

static void say(const char *text) { put(text, length_of(text)); }

static void say_number(long number) {
  char digits[24];
  int at = sizeof digits;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  put(digits + at, (long)sizeof digits - at);
}

static void say_result(long result) {
  if (result < 0) say("!");
  say_number(result < 0 ? -result : result);
  say("\n");
}

static long copy_out(long fd) {
  for (;;) {
    long n = call(NR_read, fd, (long)buffer, sizeof buffer, 0, 0, 0);
    if (n <= 0) return n;
    put(buffer, n);
  }
}

static void read_file(const char *path) {
  long fd = call(NR_openat, AT_FDCWD_, (long)path, 0, 0, 0, 0);
  long done = fd < 0 ? fd : copy_out(fd);
  if (done < 0) say_result(done);
  if (fd >= 0) call(NR_close, fd, 0, 0, 0, 0, 0);
}

static void write_file(const char *path, int until_full) {
  long fd = call(NR_openat, AT_FDCWD_, (long)path, O_WRONLY_ | O_CREAT_, 0600, 0, 0);
  long total = 0;
  long n = fd;
  while (fd >= 0 && until_full && total < (1L << 30)) {
    n = call(NR_write, fd, (long)buffer, sizeof buffer, 0, 0, 0);
    if (n <= 0) break;
    total += n;
  }
  if (fd >= 0) call(NR_close, fd, 0, 0, 0, 0, 0);
  if (until_full) {
    say_number(total);
    say(" ");
  }
  say_result(n < 0 ? n : 0);
}

static long now_ms(void) {
  long time[2] = {0, 0};
  call(NR_clock_gettime, 1 /* CLOCK_MONOTONIC */, (long)time, 0, 0, 0, 0);
  return time[0] * 1000 + time[1] / 1000000;
}

static void burn(void) {
  long end = now_ms() + 800;
  while (now_ms() < end) continue;
}

static void wait_for_ever(void) {
  for (;;) call(NR_ppoll, 0, 0, 0, 0, 0, 0);
}

static void make_processes(void) {
  long count = 0;
  long child = 0;
  while (count < 100000) {
    child = call(NR_clone, SIGCHLD_, 0, 0, 0, 0, 0);
    if (child == 0) wait_for_ever();
    if (child < 0) break;
    ++count;
  }
  say_number(count);
  say(" ");
  say_result(child < 0 ? child : 0);
}

static void eat(const char *bytes) {
  long size = 0;
  for (; *bytes >= '0' && *bytes <= '9'; ++bytes) size = size * 10 + (*bytes - '0');
  long at = call(NR_mmap, 0, size, PROT_RW, MAP_PRIVATE_ANON, -1, 0);
  for (long i = 0; at > 0 && i < size; i += 4096) *(volatile char *)(at + i) = 1;
  say_result(at < 0 && at > -4096 ? at : 0);
}

/* struct sockaddr_in, whose port and address are big-endian. */
struct address {
  unsigned short family;
  unsigned char port[2];
  unsigned char host[4];
  unsigned char rest[8];
};

static struct address address_of(const char *text) {
  struct address address = {2 /* AF_INET */, {4741 >> 8, 4741 & 255}, {0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}};
  for (int i = 0; i < 4; ++i) {
    int part = 0;
    for (; *text >= '0' && *text <= '9'; ++text) part = part * 10 + (*text - '0');
    address.host[i] = (unsigned char)part;
    if (*text == '.') ++text;
  }
  return address;
}

static long tcp_socket(long flags) { return call(NR_socket, 2 /* AF_INET */, 1 /* SOCK_STREAM */ | flags, 0, 0, 0, 0); }

static void take_connections(void) {
  struct address any = address_of("");
  long fd = tcp_socket(0);
  long done = fd < 0 ? fd : call(NR_bind, fd, (long)&any, sizeof any, 0, 0, 0);
  if (done >= 0) done = call(NR_listen, fd, 8, 0, 0, 0, 0);
  say_result(done);
  while (done >= 0) {
    long one = call(NR_accept, fd, 0, 0, 0, 0, 0);
    if (one < 0) return;
    call(NR_close, one, 0, 0, 0, 0, 0);
  }
}

/* Without waiting as long as the kernel would: a firewall that drops what is sent lets it time out. */
static void connect_to(const char *host) {
  struct address address = address_of(host);
  long fd = tcp_socket(04000 /* SOCK_NONBLOCK */);
  long done = fd < 0 ? fd : call(NR_connect, fd, (long)&address, sizeof address, 0, 0, 0);
  if (done == -115 /* EINPROGRESS */) {
    struct { int fd; short events; short got; } writable = {(int)fd, 4 /* POLLOUT */, 0};
    long patience[2] = {5, 0};
    int error = 110; /* ETIMEDOUT */
    int size = sizeof error;
    if (call(NR_ppoll, (long)&writable, 1, (long)patience, 0, 0, 0) > 0)
      call(NR_getsockopt, fd, 1 /* SOL_SOCKET */, 4 /* SO_ERROR */, (long)&error, (long)&size, 0);
    done = -error;
  }
  say_result(done);
}

void start(long *stack) {
  long count = stack[0];
  char **words = (char **)(stack + 1);
  for (long i = 1; i < count; ++i) {
    const char *name = words[i];
    const int has_argument = same(name, "read") || same(name, "write") || same(name, "fill") || same(name, "eat") || same(name, "connect");
    const char *argument = has_argument && i + 1 < count ? words[++i] : "";
    say("== ");
    say(name);
    say(*argument != 0 ? " " : "");
    say(argument);
    say("\n");
    if (same(name, "read")) read_file(argument);
    if (same(name, "write")) write_file(argument, 0);
    if (same(name, "fill")) write_file(argument, 1);
    if (same(name, "eat")) eat(argument);
    if (same(name, "listen")) take_connections();
    if (same(name, "connect")) connect_to(argument);
    if (same(name, "stdin")) copy_out(0);
    if (same(name, "burn")) burn();
    if (same(name, "forks")) make_processes();
    if (same(name, "wait")) wait_for_ever();
  }
  call(NR_exit, 0, 0, 0, 0, 0, 0);
  for (;;) continue;
}
