/* From an errno to the store's errors. */
#pragma once

#include "store/errors.h"

FramStoreError fram_store_error_from_errno (int code);
