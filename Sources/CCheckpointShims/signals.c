#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "ckpt_signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/// Beyond the real-time signals of all systems.
enum { CKPT_SIGNAL_LIMIT = 65 };

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler may use lock-free atomics only");

static atomic_int is_noted[CKPT_SIGNAL_LIMIT];
static atomic_int has_come[CKPT_SIGNAL_LIMIT];
static struct sigaction previous[CKPT_SIGNAL_LIMIT];

static void handle(int signal) {
  int error = errno;
  atomic_store(&has_come[signal], 1);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  for (int other = 1; other < CKPT_SIGNAL_LIMIT; other++) {
    if (atomic_load(&is_noted[other])) sigaction(other, &action, NULL);
  }
  errno = error;
}

static bool is_signal(int signal) {
  if (signal > 0 && signal < CKPT_SIGNAL_LIMIT) return true;
  errno = EINVAL;
  return false;
}

int ckpt_signal_note(int signal) {
  if (!is_signal(signal)) return -1;
  if (atomic_load(&is_noted[signal])) return 0;
  if (sigaction(signal, NULL, &previous[signal]) != 0) return -1;
  atomic_store(&has_come[signal], 0);
  if (previous[signal].sa_handler == SIG_IGN) return 0;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  // Whatever system call is under way, a save's above all, goes on.
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  // Before the handler, which looks at it.
  atomic_store(&is_noted[signal], 1);
  if (sigaction(signal, &action, NULL) == 0) return 0;
  atomic_store(&is_noted[signal], 0);
  return -1;
}

bool ckpt_signal_has_come(int signal) {
  return signal > 0 && signal < CKPT_SIGNAL_LIMIT && atomic_load(&has_come[signal]) != 0;
}

int ckpt_signal_release(int signal) {
  if (!is_signal(signal)) return -1;
  if (!atomic_exchange(&is_noted[signal], 0)) return 0;
  return sigaction(signal, &previous[signal], NULL);
}
