#ifndef CKPT_SHIMS_H
#define CKPT_SHIMS_H

#include "ckpt_file_shims.h"

#endif
