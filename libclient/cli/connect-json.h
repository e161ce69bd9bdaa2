/* `fram connect --json`: a session for a program, by lines of JSON. */
#pragma once

#include "cli/connect-options.h"

/* Return: the exit status. */
int connect_json (const ConnectOptions *options);
