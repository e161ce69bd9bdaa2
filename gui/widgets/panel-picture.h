/* The picture of the paths: this host, its addresses and NATs, the servers, the addresses of
 * the peer, and a line for each pair.  It moves only while something is being checked. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_PICTURE (panel_picture_get_type ())
G_DECLARE_FINAL_TYPE (PanelPicture, panel_picture, PANEL, PICTURE, GtkWidget)

/* Both (nullable): the candidates and pairs of a session, which are followed. */
void panel_picture_set_session (PanelPicture *self, GListModel *candidates,
                                GListModel *pairs);

/* Whether it is kept up to date, which it is while it is on the screen. */
gboolean panel_picture_is_following (PanelPicture *self);

/* Whether something moves. */
gboolean panel_picture_is_moving (PanelPicture *self);

G_END_DECLS
