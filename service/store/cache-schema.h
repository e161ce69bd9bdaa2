/* The tables of cache.db. */
#pragma once

#include "store/database.h"

extern const FramSchema fram_cache_schema;
