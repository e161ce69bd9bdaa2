/* Descriptions as they travel on the bus. */
#pragma once

#include "fram-description.h"

/* `reply`: of GetLocalDescription, (ssasua(us)b).  Return: (transfer full) */
FramDescription *fram_description_new_from_reply (GVariant *reply);

/* Return: (transfer floating): the arguments of SetRemoteDescription, (ssasua(us)b). */
GVariant *fram_description_to_arguments (FramDescription *self);

/* Adds `remote`, `remote-candidates` and `remote-end` to the options of CreateSession. */
void fram_description_add_to_options (FramDescription *self, GVariantBuilder *options);

/* Return: (transfer floating): a string that the bus takes.  What peers send need not be
 * UTF-8; it is made so here, and the service then says what is wrong with it. */
GVariant *fram_text_to_variant (const char *text);
