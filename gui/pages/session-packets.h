/* Saving the packets of a session in a file that Wireshark reads. */
#pragma once

#include <fram.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SESSION_PACKETS (panel_session_packets_get_type ())
G_DECLARE_FINAL_TYPE (PanelSessionPackets, panel_session_packets, PANEL, SESSION_PACKETS,
                      GObject)

/* Emits "changed" when it says something else. */
PanelSessionPackets *panel_session_packets_new (void);

/* Saves into `file` until it is told to stop, or the session ends. */
void panel_session_packets_save (PanelSessionPackets *self, FramInspector *inspector,
                                 guint64 session, GFile *file, gboolean with_data);
void panel_session_packets_stop (PanelSessionPackets *self);

gboolean panel_session_packets_is_running (PanelSessionPackets *self);

/* How it goes, in a sentence; NULL if there is nothing to say.  Return: (transfer full). */
char *panel_session_packets_describe (PanelSessionPackets *self);

G_END_DECLS
