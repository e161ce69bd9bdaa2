/* `fram connect` for people: codes to pass on, what happens, then lines of text. */
#pragma once

#include "cli/connect-options.h"

/* Return: the exit status. */
int connect_person (const ConnectOptions *options);
