/* The only process of a container that merely holds namespaces and mounts: it sleeps until it is killed. Static
   and without a C library, so that its image is a few kilobytes and works on any engine of this architecture. */

static void sleep_for_ever(void) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(34L) /* pause */ : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long number __asm__("x8") = 73; /* ppoll(NULL, 0, NULL, NULL) */
  register long a0 __asm__("x0") = 0;
  register long a1 __asm__("x1") = 0;
  register long a2 __asm__("x2") = 0;
  register long a3 __asm__("x3") = 0;
  __asm__ volatile("svc 0" : "+r"(a0) : "r"(number), "r"(a1), "r"(a2), "r"(a3) : "memory");
#else
#error "pause.c lacks the system call of this architecture"
#endif
}

void _start(void) {
  for (;;) sleep_for_ever();
}
