#ifndef CKPT_SHIMS_H
#define CKPT_SHIMS_H

#include "ckpt_elementwise.h"
#include "ckpt_matrix.h"
#include "ckpt_strokes.h"

#endif
