/* What `fram netcheck` says of the network, for people. */
#pragma once

#include <fram.h>

/* Appends the report, in lines of `width` characters where words can be wrapped. */
void netcheck_append_report (GString *text, FramNetwork *network, guint width);

/* Whether a server answered when it was asked last, over whatever transport. */
gboolean netcheck_has_answer (FramNetwork *network);
