/* What a test of a server found, for people and for programs. */
#pragma once

#include <fram.h>
#include <json-glib/json-glib.h>

/* Appends the steps, in lines of `width` characters where words can be wrapped.
 * `uri`: the server's; `id` and `name` may be empty. */
void servers_append_report (GString *text, const char *id, const char *uri,
                            const char *name, const FramServerTest *test, guint width);

void servers_add_json (JsonBuilder *builder, const char *id, const char *uri,
                       const char *name, const FramServerTest *test);
