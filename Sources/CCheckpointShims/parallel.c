#include "ckpt_parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "ckpt_file_shims.h"

#define CKPT_MOST_THREADS 16
// About 50 µs: longer than the pauses within a step of training, too short to matter after one.
#define CKPT_SPINS_BEFORE_SLEEP 2000
#define CKPT_SPINS_BEFORE_YIELD 200

// The present job. `ckpt_ticket` has its number in the upper half, then 16 bits each for how many indices
// there are and how many have been handed out. Who has read body and context and then gets an index by
// compare-and-swap knows that they belong to the index: the number has not changed.
static _Atomic(uint64_t) ckpt_ticket;
static _Atomic(void (*)(size_t, void *)) ckpt_body;
static _Atomic(void *) ckpt_context;
static _Atomic(size_t) ckpt_done;

// Held for a job.
static atomic_flag ckpt_is_busy = ATOMIC_FLAG_INIT;
static size_t ckpt_started_threads;

// Threads that sleep, which they do under the mutex.
static _Atomic(size_t) ckpt_sleepers;
static pthread_mutex_t ckpt_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ckpt_wakes = PTHREAD_COND_INITIALIZER;

static inline void ckpt_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool ckpt_has_work(uint64_t ticket) { return (ticket & 0xffff) < (ticket >> 16 & 0xffff); }

/// Does one index of the present job; false if none is left.
static bool ckpt_take(void) {
  uint64_t ticket = atomic_load(&ckpt_ticket);
  while (ckpt_has_work(ticket)) {
    void (*body)(size_t, void *) = atomic_load(&ckpt_body);
    void *context = atomic_load(&ckpt_context);
    if (!atomic_compare_exchange_weak(&ckpt_ticket, &ticket, ticket + 1)) continue;
    body(ticket & 0xffff, context);
    atomic_fetch_add(&ckpt_done, 1);
    return true;
  }
  return false;
}

static void ckpt_sleep_until_work(void) {
  pthread_mutex_lock(&ckpt_mutex);
  atomic_fetch_add(&ckpt_sleepers, 1);
  while (!ckpt_has_work(atomic_load(&ckpt_ticket))) pthread_cond_wait(&ckpt_wakes, &ckpt_mutex);
  atomic_fetch_sub(&ckpt_sleepers, 1);
  pthread_mutex_unlock(&ckpt_mutex);
}

static void *ckpt_work(void *unused) {
  (void)unused;
  ckpt_name_thread("ckpt-parallel");
  for (;;) {
    int spins = 0;
    while (!ckpt_take()) {
      ckpt_pause();
      if (++spins == CKPT_SPINS_BEFORE_SLEEP) ckpt_sleep_until_work();
    }
  }
  return NULL;
}

/// Starts what is missing; with fewer threads than wished for, those there are do it all.
static void ckpt_start_threads(size_t count) {
  while (ckpt_started_threads < count) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, ckpt_work, NULL) != 0) return;
    pthread_detach(thread);
    ckpt_started_threads++;
  }
}

size_t ckpt_parallel_thread_count(void) {
  static _Atomic(size_t) known;
  size_t count = atomic_load_explicit(&known, memory_order_relaxed);
  if (count) return count;
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  count = processors < 1 ? 1 : processors > CKPT_MOST_THREADS ? CKPT_MOST_THREADS : (size_t)processors;
  atomic_store_explicit(&known, count, memory_order_relaxed);
  return count;
}

void ckpt_parallel_run(size_t count, void (*body)(size_t index, void *context), void *context) {
  const size_t threads = ckpt_parallel_thread_count();
  if (count < 2 || count > 0xffff || threads < 2 || atomic_flag_test_and_set(&ckpt_is_busy)) {
    for (size_t index = 0; index < count; index++) body(index, context);
    return;
  }
  ckpt_start_threads(threads - 1);
  const uint64_t number = (atomic_load(&ckpt_ticket) >> 32) + 1;
  atomic_store(&ckpt_body, body);
  atomic_store(&ckpt_context, context);
  atomic_store(&ckpt_done, 0);
  atomic_store(&ckpt_ticket, number << 32 | (uint64_t)count << 16);
  if (atomic_load(&ckpt_sleepers)) {
    pthread_mutex_lock(&ckpt_mutex);
    pthread_cond_broadcast(&ckpt_wakes);
    pthread_mutex_unlock(&ckpt_mutex);
  }
  while (ckpt_take()) {
  }
  for (int spins = 0; atomic_load(&ckpt_done) < count; spins++) {
    // A thread with an index may have lost its processor.
    if (spins < CKPT_SPINS_BEFORE_YIELD) ckpt_pause(); else sched_yield();
  }
  atomic_flag_clear(&ckpt_is_busy);
}
