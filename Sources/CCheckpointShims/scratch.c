#include "scratch.h"

#include <pthread.h>
#include <stdlib.h>

static _Thread_local float *ckpt_scratch;
static _Thread_local size_t ckpt_scratch_count;

static pthread_once_t ckpt_scratch_once = PTHREAD_ONCE_INIT;
static pthread_key_t ckpt_scratch_key;

// Only the key's destructor learns of a thread's end.
static void ckpt_scratch_make_key(void) {
  if (pthread_key_create(&ckpt_scratch_key, free) != 0) abort();
}

float *ckpt_scratch_floats(size_t count) {
  if (count <= ckpt_scratch_count) return ckpt_scratch;
  pthread_once(&ckpt_scratch_once, ckpt_scratch_make_key);
  free(ckpt_scratch);
  void *memory = NULL;
  if (posix_memalign(&memory, 64, count * sizeof(float)) != 0) abort();
  if (pthread_setspecific(ckpt_scratch_key, memory) != 0) abort();
  ckpt_scratch = memory;
  ckpt_scratch_count = count;
  return ckpt_scratch;
}
