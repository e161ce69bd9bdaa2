/* A value over the last minutes, as a line. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_GRAPH (panel_graph_get_type ())
G_DECLARE_FINAL_TYPE (PanelGraph, panel_graph, PANEL, GRAPH, GtkWidget)

/* `format`: the text of a value; Return: (transfer full). */
typedef char *(*PanelGraphFormat) (double value);

/* Says once what the graph shows; a second line only if `second` is not NULL. */
void panel_graph_configure (PanelGraph *self, const char *title, const char *first,
                            const char *second, PanelGraphFormat format);

/* A value at `when`, in microseconds of the monotonic clock; later than the one before.
 * A negative one is a gap.  `second`: as there is one. */
void panel_graph_add (PanelGraph *self, gint64 when, double first, double second);

void panel_graph_clear (PanelGraph *self);

G_END_DECLS
