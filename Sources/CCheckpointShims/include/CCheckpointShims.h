#ifndef CKPT_SHIMS_H
#define CKPT_SHIMS_H

// What Swift can't reach or can't make fast. One header per idea.
#include "ckpt_activations.h"
#include "ckpt_adam.h"
#include "ckpt_convolution.h"
#include "ckpt_crc32c.h"
#include "ckpt_elementwise.h"
#include "ckpt_exponent_window.h"
#include "ckpt_file_shims.h"
#include "ckpt_huffman.h"
#include "ckpt_losses.h"
#include "ckpt_matrix.h"
#include "ckpt_memory.h"
#include "ckpt_non_finite.h"
#include "ckpt_parallel.h"
#include "ckpt_planes.h"
#include "ckpt_pooling.h"
#include "ckpt_sha256.h"
#include "ckpt_sharing.h"
#include "ckpt_signals.h"
#include "ckpt_strokes.h"
#include "ckpt_temporaries.h"

#endif
