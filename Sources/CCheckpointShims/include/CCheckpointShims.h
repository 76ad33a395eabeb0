#ifndef CKPT_SHIMS_H
#define CKPT_SHIMS_H

#endif
