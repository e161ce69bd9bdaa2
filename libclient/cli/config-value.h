/* Values of settings as people write them: numbers, true or false, words, names with commas,
 * ports as 40000-40999 or any. */
#pragma once

#include <fram.h>

/* Return: (transfer full): what config_value_from_text() reads as the same. */
char *config_value_to_text (GVariant *value);
/* A value of the type of `setting`.  Return: (transfer full): NULL with
 * FRAM_ERROR_INVALID_ARGUMENT and a sentence that tells what is allowed. */
GVariant *config_value_from_text (const FramSetting *setting, const char *text,
                                  GError **error);
