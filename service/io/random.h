/* The kernel's random generator as the source that the machines draw from. */
#pragma once

#include "base/random.h"

/* `ret_random` is the caller's memory and holds no resource. */
void fram_system_random_init (FramRandom *ret_random);

/* The same for who draws often: the kernel is asked for many bytes at a time.  None is given
 * out twice, nor kept once it was. */
typedef struct
{
  FramRandom random;
  gsize n_left; /* at the end */
  guint8 bytes[512];
} FramRandomPool;

void fram_random_pool_init (FramRandomPool *ret_pool);
