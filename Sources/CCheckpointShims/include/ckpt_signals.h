#ifndef CKPT_SIGNALS_H
#define CKPT_SIGNALS_H

#include <stdbool.h>

// Signals that are noted instead of ending the process. A handler in Swift could allocate or take a
// lock, which a handler must not; this one stores a number and makes system calls that POSIX allows
// there. Beginning and ending are not for several threads at once; the caller sees to that.

/// From now on the signal is noted. The first noted signal puts the default action of all of them
/// back, so that the next one ends the process. A signal that the process ignores stays ignored. 0, or
/// -1 with errno set.
int ckpt_signal_note(int signal);

/// Whether the signal has come since it is noted.
bool ckpt_signal_has_come(int signal);

/// What was done about the signal before, is again. 0, or -1 with errno set.
int ckpt_signal_release(int signal);

#endif
