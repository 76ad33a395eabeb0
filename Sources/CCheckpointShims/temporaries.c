#include "ckpt_temporaries.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { CKPT_TEMPORARIES = 64, CKPT_PATH_BYTES = 4096 };
enum { IS_FREE, IS_CHANGING, IS_NOTED };

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a handler may use lock-free atomics only");

static atomic_int states[CKPT_TEMPORARIES];
static char paths[CKPT_TEMPORARIES][CKPT_PATH_BYTES];

static bool change(int number, int from, int to) {
  return atomic_compare_exchange_strong(&states[number], &from, to);
}

int ckpt_temporary_note(const char *path) {
  const size_t length = strlen(path);
  if (length >= CKPT_PATH_BYTES) return -1;
  for (int number = 0; number < CKPT_TEMPORARIES; number++) {
    if (!change(number, IS_FREE, IS_CHANGING)) continue;
    memcpy(paths[number], path, length + 1);
    atomic_store(&states[number], IS_NOTED);
    return number;
  }
  return -1;
}

void ckpt_temporary_forget(int number) {
  // One that the handler has taken stays taken: the process ends.
  if (number >= 0 && number < CKPT_TEMPORARIES) (void)change(number, IS_NOTED, IS_FREE);
}

static void handle(int signal) {
  for (int number = 0; number < CKPT_TEMPORARIES; number++) {
    if (change(number, IS_NOTED, IS_CHANGING)) (void)unlink(paths[number]);
  }
  // The default action is back, and the signal isn't held up.
  raise(signal);
}

int ckpt_temporaries_end_on(int signal) {
  struct sigaction action;
  if (sigaction(signal, NULL, &action) != 0) return -1;
  if (action.sa_handler != SIG_DFL) return 0;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  action.sa_flags = SA_RESETHAND | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, NULL);
}
