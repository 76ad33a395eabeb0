#ifndef CKPT_TEMPORARIES_H
#define CKPT_TEMPORARIES_H

// Temporary files that a signal which ends the process takes along. A handler in Swift could allocate or
// take a lock, which a handler must not.

/// Notes that there is a temporary file at `path`. A number for `ckpt_temporary_forget`, or -1 if the path is
/// too long or there are too many: then it stays when a signal comes.
int ckpt_temporary_note(const char *path);

/// The file is gone, or has got its name. -1 is passed over.
void ckpt_temporary_forget(int number);

/// From now on the signal removes all files that are noted before it ends the process. A signal that is
/// ignored or handled stays so. 0, or -1 with errno set.
int ckpt_temporaries_end_on(int signal);

#endif
