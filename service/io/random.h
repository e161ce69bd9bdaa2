/* The kernel's random generator as the source that the machines draw from. */
#pragma once

#include "base/random.h"

/* `ret_random` is the caller's memory and holds no resource. */
void fram_system_random_init (FramRandom *ret_random);
