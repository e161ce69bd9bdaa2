/* Settings as people read and write them. */
#pragma once

#include <fram.h>

/* "Use VPNs" of `vpn`, "Of tomorrow" of an `of-tomorrow` that is not known here.
 * Return: (transfer full). */
char *setting_title (const char *name);

/* The words that a setting may be, with what people call them, in pairs and with a NULL at
 * the end; NULL: it is not a choice of words that is known here. */
const char *const *setting_choices (const char *name);

/* The value as a text: "eth0, wlan*", "40000-50000".  Return: (transfer full). */
char *setting_to_text (GVariant *value);

/* The value of the type that the text says.  Return: (transfer full): NULL if it says none. */
GVariant *setting_from_text (const char *text, const GVariantType *type);
