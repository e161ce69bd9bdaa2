/* Between the words on the bus and the enumerations of the library. */
#pragma once

#include <glib-object.h>

/* Return: the word for `value`, or "unknown". */
const char *fram_enum_to_word (GType type, int value);

/* Return: the value for `word`; `otherwise` if this version does not know it: a newer
 * service must not break an older application. */
int fram_enum_from_word (GType type, const char *word, int otherwise);
