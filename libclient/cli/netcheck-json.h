/* What `fram netcheck --json` says. */
#pragma once

#include <fram.h>

void netcheck_print_json (FramNetwork *network);
